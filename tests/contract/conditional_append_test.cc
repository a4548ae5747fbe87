// What the LogWriter promises of commits with a condition (events/tag_query.h), on every log and
// store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/contract/writing.h"

namespace mt {
namespace {

using test::commit;
using test::kModule;
using test::kOther;
using test::stream;
using testing::HasSubstr;

void expect_refused(const Result<Appended>& result, Code code) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, code) << result.error().message;
}

Commit enrolling(const std::string& id, const std::string& course, Position read) {
  Commit made = commit(stream(id), {0});
  made.events.front().tags = {"course:" + course};
  made.condition = AppendCondition{tagged("course:" + course), read};
  return made;
}

template <typename Backend>
class ConditionalAppend : public testing::Test {
 protected:
  test::Writing<Backend> writing_;
};

TYPED_TEST_SUITE(ConditionalAppend, test::Backends, test::BackendNames);

TYPED_TEST(ConditionalAppend, RefusesACommitWhoseConditionNoLongerHolds) {
  auto& writing = this->writing_;
  ASSERT_TRUE(writing.append(enrolling("a", "1", {0})));
  for (const bool applied : {false, true}) {
    if (applied) writing.follow();
    const auto late = writing.append(enrolling("b", "1", {0}));
    expect_refused(late, Code::kAborted);
    EXPECT_THAT(late.error().message, HasSubstr("the event at position 1, tagged course:1"));
  }
  ASSERT_TRUE(writing.append(enrolling("b", "1", {1})));
  ASSERT_TRUE(writing.append(enrolling("c", "2", {0})));
  writing.restart();
  expect_refused(writing.append(enrolling("d", "2", {2})), Code::kAborted);
  ASSERT_TRUE(writing.append(enrolling("d", "2", {3})));
  EXPECT_FALSE(writing.records().back().commit.condition) << "a record is a fact";
}

TYPED_TEST(ConditionalAppend, JudgesAConditionAlsoByTheBatchThatIsBeingMade) {
  auto& writing = this->writing_;
  writing.gate.set_open(false);
  auto held = writing.begin(commit(stream("gate"), {0}));
  writing.gate.wait_for(1);
  std::vector<std::future<Result<Appended>>> answers;
  for (int i = 0; i < 4; ++i) {
    answers.push_back(writing.begin(enrolling(std::to_string(i), "1", {1})));
  }
  writing.gate.set_open(true);
  ASSERT_TRUE(held.get());
  EXPECT_TRUE(answers[0].get());
  for (int i = 1; i < 4; ++i)
    expect_refused(answers[static_cast<std::size_t>(i)].get(), Code::kAborted);
}

TYPED_TEST(ConditionalAppend, ConditionsAreOfOneModule) {
  ASSERT_TRUE(this->writing_.append(enrolling("a", "1", {0})));
  ASSERT_TRUE(this->writing_.append(enrolling("a", "1", {0}), kOther));
}

TYPED_TEST(ConditionalAppend, RefusesAConditionThatIsNoQuery) {
  Commit bad = enrolling("a", "1", {0});
  bad.condition->query.items.front().tags.assign(1'001, "course:1");
  const auto refused = this->writing_.append(std::move(bad));
  expect_refused(refused, Code::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("item 1 of the tag query"));
}

// Everyone counts the events with the tag and adds one while there are fewer than ten.
TYPED_TEST(ConditionalAppend, KeepsALimitExactWhenManyAppendAtOnce) {
  auto& writing = this->writing_;
  std::atomic<bool> done = false;
  std::thread follower([&] {
    while (!done) writing.follow();
  });
  std::vector<std::thread> threads;
  std::atomic<int> granted = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 8; ++i) {
        for (;;) {
          const auto view = writing.derived().view();
          const Position read = view->applied(kModule);
          Position at;
          std::size_t seats = 0;
          for (; const auto next = view->next_tagged(kModule, "course:1", at); ++seats)
            at = next->at;
          if (seats >= 10) break;
          const std::string id = std::to_string(t) + "/" + std::to_string(i);
          const auto result = writing.append(enrolling(id, "1", read));
          granted += result ? 1 : 0;
          if (result) break;
          expect_refused(result, Code::kAborted);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  done = true;
  follower.join();
  EXPECT_EQ(granted, 10);
  EXPECT_EQ(writing.records().size(), 10u);
}

}  // namespace
}  // namespace mt
