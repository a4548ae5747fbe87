#include "events/base/ids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>

namespace mt {
namespace {

TEST(Position, CountsOnAndCompares) {
  EXPECT_EQ(Position{7} + 3, Position{10});
  EXPECT_LT(Position{7}, Position{8});
  EXPECT_EQ(Version{} + 1, Version{1});
}

TEST(StreamId, IsWrittenAsCategoryAndId) {
  EXPECT_EQ(to_string(StreamId{"notice", "4f2"}), "notice/4f2");
}

TEST(StreamId, HashesByBothParts) {
  const std::hash<StreamId> hash;
  EXPECT_EQ(hash({"a", "b"}), hash({"a", "b"}));
  EXPECT_NE(hash({"a", "b"}), hash({"b", "a"}));
}

TEST(Hex, WritesEveryByteWithTwoDigits) {
  EXPECT_EQ(to_hex(std::string_view("\x00\x0f\xf0\xff", 4)), "000ff0ff");
  Hash hash{};
  hash[0] = 0xab;
  EXPECT_EQ(to_hex(hash), "ab" + std::string(62, '0'));
}

TEST(RandomUuid, IsOfVersion7InLowerCaseText) {
  const std::string uuid = random_uuid();
  ASSERT_EQ(uuid.size(), 36u);
  for (const std::size_t dash : {8u, 13u, 18u, 23u}) EXPECT_EQ(uuid[dash], '-') << uuid;
  EXPECT_EQ(std::ranges::count(uuid, '-'), 4);
  EXPECT_EQ(uuid.find_first_not_of("0123456789abcdef-"), std::string::npos) << uuid;
  EXPECT_EQ(uuid[14], '7') << uuid;
  EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos) << uuid;
}

TEST(RandomUuid, BeginsWithTheTimeInMilliseconds) {
  const auto now = [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
  const auto before = now();
  const std::string uuid = random_uuid();
  const auto after = now();
  const long long ms = std::stoll(uuid.substr(0, 8) + uuid.substr(9, 4), nullptr, 16);
  EXPECT_GE(ms, before);
  EXPECT_LE(ms, after);
}

TEST(RandomUuid, IsNeverGivenTwice) {
  std::set<std::string> given;
  for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(given.insert(random_uuid()).second);
}

}  // namespace
}  // namespace mt
