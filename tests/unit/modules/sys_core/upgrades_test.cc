#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "mod/main/v1/notices.pb.h"
#include "sys/core/v1/upgrades.pb.h"
#include "tests/unit/modules/sys_core/core_node.h"

namespace mt::sys_core {
namespace {

using testing::HasSubstr;

constexpr char kTable[] = "mod_main_notices";

v1::UpgradeProjectionRequest upgrade_of(const std::string& table) {
  v1::UpgradeProjectionRequest request;
  request.set_table(table);
  return request;
}

TEST(UpgradeService, ATableOfTheNewestVersionIsLeftAsItIs) {
  CoreNode node;
  const auto reports =
      node.watch<v1::UpgradeProgress>("UpgradeService/UpgradeProjection", upgrade_of(kTable));
  ASSERT_TRUE(reports) << reports.error().message;
  const v1::UpgradeProgress& last = reports->back();
  EXPECT_EQ(last.plan().table(), kTable);
  EXPECT_EQ(last.plan().from_version(), last.plan().to_version());
  EXPECT_TRUE(last.outcome().serves());
  EXPECT_EQ(last.outcome().refused(), "");
}

TEST(UpgradeService, ListsWhichVersionServesAndWhichIsTheNewest) {
  CoreNode node;
  const auto listed = node.call<v1::ListProjectionsResponse>("ProjectionService/ListProjections",
                                                             v1::ListProjectionsRequest());
  ASSERT_TRUE(listed) << listed.error().message;
  for (const v1::TableStatus& table : listed->tables()) {
    EXPECT_EQ(table.state(), "live") << table.name();
    EXPECT_EQ(table.newest_version(), table.version()) << table.name();
  }
}

TEST(UpgradeService, RefusesWhatCannotBeDone) {
  CoreNode node;
  EXPECT_EQ(node.watch<v1::UpgradeProgress>("UpgradeService/UpgradeProjection",
                                            upgrade_of("mod_main_nothing"))
                .error()
                .code,
            Code::kNotFound);
  v1::RollbackProjectionRequest back;
  back.set_table(kTable);
  const auto rolled =
      node.call<v1::RollbackProjectionResponse>("UpgradeService/RollbackProjection", back);
  ASSERT_FALSE(rolled);
  EXPECT_EQ(rolled.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(rolled.error().message, HasSubstr("has no earlier version"));
  v1::PurgeProjectionRequest purge;
  purge.set_table(kTable);
  purge.set_version(1);
  EXPECT_EQ(
      node.call<v1::PurgeProjectionResponse>("UpgradeService/PurgeProjection", purge).error().code,
      Code::kFailedPrecondition)
      << "it serves";
  purge.set_version(99);
  EXPECT_EQ(
      node.call<v1::PurgeProjectionResponse>("UpgradeService/PurgeProjection", purge).error().code,
      Code::kNotFound);
}

}  // namespace
}  // namespace mt::sys_core
