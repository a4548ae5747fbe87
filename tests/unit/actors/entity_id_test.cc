#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "actors/api.h"

namespace mt {
namespace {

TEST(EntityId, HasTwentySixLettersAndDigitsOfBase32) {
  for (int i = 0; i < 1000; ++i) {
    const std::string id = entity_id_from({"command-" + std::to_string(i)});
    EXPECT_EQ(id.size(), 26u);
    EXPECT_TRUE(std::ranges::all_of(id, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
    })) << id;
  }
}

// Stored for ever in streams and rows: another algorithm would make repeated commands new ones.
TEST(EntityId, IsTheSameForOneCommandInEveryVersionOfTheCode) {
  EXPECT_EQ(entity_id_from({"bs/sys_timespace/cities/2950159"}), "vre6lbtocq43if4ywxclu3fkpm");
  EXPECT_EQ(entity_id_from({"a"}), "reukvzr4qtmh5ieykzgr4a5nqe");
}

TEST(EntityId, DiffersBetweenCommands) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(entity_id_from({std::to_string(i)}));
  EXPECT_EQ(ids.size(), 1000u);
}

}  // namespace
}  // namespace mt
