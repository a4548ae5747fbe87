#include "events/commit_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "events/record_codec.h"
#include "tests/fixture/commits.h"

namespace mt {
namespace {

using testing::HasSubstr;
using namespace std::string_literals;

const std::string kBroken = "\xc3(";

Commit good() {
  Commit commit = test::keyed(test::commit(test::stream("a"), {0}), "id", "\xff reply");
  commit.events[0].payload = "\xff\x00"s;
  commit.taken = {{"name", "any text: \0 Grüße"s}};
  return commit;
}

struct Case {
  std::string name;
  std::function<void(Commit&)> spoil;
  std::string message;
};

class CommitLimits : public testing::TestWithParam<Case> {};

TEST_P(CommitLimits, RefuseWhatCouldNotBeReadAgain) {
  Commit commit = good();
  GetParam().spoil(commit);
  const auto checked = check_limits(commit);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, Code::kInvalidArgument);
  EXPECT_THAT(checked.error().message, HasSubstr(GetParam().message));
}

const Case kCases[] = {
    {"NoCategory", [](Commit& c) { c.stream.category.clear(); }, "stream category is empty"},
    {"NoId", [](Commit& c) { c.stream.id.clear(); }, "stream id is empty"},
    {"ZeroInId", [](Commit& c) { c.stream.id = "a\0b"s; }, "stream id holds a zero byte"},
    {"ZeroInCategory", [](Commit& c) { c.stream.category = "a\0b"s; },
     "category holds a zero byte"},
    {"BrokenId", [](Commit& c) { c.stream.id = kBroken; }, "stream id is not valid UTF-8"},
    {"NoCommandId", [](Commit& c) { c.command.id.value.clear(); }, "command id is empty"},
    {"LongCommandId", [](Commit& c) { c.command.id.value.assign(257, 'x'); }, "has 257 bytes"},
    {"OddCommandId", [](Commit& c) { c.command.id.value = "a\tb"; }, "printable ASCII"},
    {"ForeignCommandId", [](Commit& c) { c.command.id.value = "ä"; }, "printable ASCII"},
    {"BrokenReplyType", [](Commit& c) { c.command.reply_type = kBroken; }, "reply type"},
    {"BrokenActor", [](Commit& c) { c.origin.actor = kBroken; }, "actor"},
    {"BrokenImpersonator", [](Commit& c) { c.origin.impersonator = kBroken; }, "impersonator"},
    {"BrokenCorrelation", [](Commit& c) { c.origin.correlation = kBroken; }, "correlation"},
    {"BrokenCausation", [](Commit& c) { c.origin.causation = kBroken; }, "causation"},
    {"NoType", [](Commit& c) { c.events[0].type.clear(); }, "event type is empty"},
    {"BrokenType", [](Commit& c) { c.events[0].type = kBroken; }, "event type"},
    {"BrokenTag", [](Commit& c) { c.events[0].tags = {kBroken}; }, "event tag is not valid UTF-8"},
    {"EmptyTag",
     [](Commit& c) {
       c.events[0].tags = {"org:7", ""};
     },
     "event tag is empty"},
    {"ManyTags", [](Commit& c) { c.events[0].tags = std::vector<std::string>(101, "t"); },
     "has 101 tags, 100 are allowed"},
    {"EmptyCondition", [](Commit& c) { c.condition = AppendCondition{}; }, "tag query has no item"},
    {"LongTag", [](Commit& c) { c.events[0].tags = {std::string(129, 'x')}; },
     "event tag has 129 bytes, 128 are allowed"},
    {"ControlInTag", [](Commit& c) { c.events[0].tags = {"a\nb"}; }, "control character"},
    {"ZeroInTag", [](Commit& c) { c.events[0].tags = {"a\0b"s}; }, "control character"},
    {"NoScope",
     [](Commit& c) {
       c.taken = {{"", "v"}};
     },
     "claim scope is empty"},
    {"ZeroInScope",
     [](Commit& c) {
       c.released = {{"a\0b"s, "v"}};
     },
     "claim scope holds"},
    {"BrokenValue",
     [](Commit& c) {
       c.released = {{"name", kBroken}};
     },
     "claim value"},
    {"TooLarge", [](Commit& c) { c.events[0].payload.assign(kMaxCommitBytes, 'x'); }, "split it"},
};

INSTANTIATE_TEST_SUITE_P(Cases, CommitLimits, testing::ValuesIn(kCases),
                         [](const auto& tested) { return tested.param.name; });

TEST(CommitLimits, LetPassWhatCanBeReadAgain) {
  EXPECT_TRUE(check_limits(good()));
  Commit longest = good();
  longest.command.id.value.assign(128, '~');
  longest.events[0].tags = {std::string(128, 'x'), "straße:7"};
  EXPECT_TRUE(check_limits(longest));
  Commit without_key = good();
  without_key.command = {};
  EXPECT_TRUE(check_limits(without_key));
}

// The two must agree: what passes is read again.
TEST(CommitLimits, AgreeWithTheCodec) {
  test::RandomCommits random(7);
  for (int i = 0; i < 500; ++i) {
    CommitRecord record = random.next();
    if (random.below(4) == 0) record.commit.origin.correlation = random.bytes(4);
    if (random.below(4) == 0) record.commit.events[0].type = random.bytes(4);
    const std::string bytes = encode_record(record, {});
    EXPECT_TRUE(!check_limits(record.commit) || decode_record({"m"}, record.first, bytes, {}));
  }
}

TEST(CommitLimits, EstimateTheStoredSizeFromAbove) {
  test::RandomCommits random(8);
  for (int i = 0; i < 500; ++i) {
    CommitRecord record = random.next();
    const std::size_t stored = encode_record(record, {}).size();
    EXPECT_LE(stored, size_of(record.commit) + 128);
  }
}

}  // namespace
}  // namespace mt
