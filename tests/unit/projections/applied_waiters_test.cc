#include "projections/applied_waiters.h"

#include <gtest/gtest.h>

#include <string>

namespace mt {
namespace {

// Who was answered, in order: "3+" reached, "3-" given up.
class Answers {
 public:
  AppliedWaiters::Done of(std::uint64_t position) {
    return
        [this, position](bool reached) { all += std::to_string(position) + (reached ? "+" : "-"); };
  }
  std::string all;
};

TEST(AppliedWaiters, AnswersWhoeverIsReached) {
  AppliedWaiters waiters;
  Answers answers;
  for (const std::uint64_t position : {3u, 1u, 2u, 3u}) {
    waiters.wait({position}, answers.of(position));
  }
  EXPECT_EQ(answers.all, "");
  waiters.reached({2});
  EXPECT_EQ(answers.all, "1+2+");
  EXPECT_EQ(waiters.applied(), Position{2});
  waiters.reached({9});
  EXPECT_EQ(answers.all, "1+2+3+3+");
}

TEST(AppliedWaiters, AnswersAtOnceWhatIsReachedAlready) {
  AppliedWaiters waiters;
  Answers answers;
  waiters.wait({0}, answers.of(0));
  waiters.reached({5});
  waiters.wait({5}, answers.of(5));
  EXPECT_EQ(answers.all, "0+5+");
  waiters.wait({6}, answers.of(6));
  EXPECT_EQ(answers.all, "0+5+");
}

TEST(AppliedWaiters, AnswersFalseOnceNothingMoreComes) {
  AppliedWaiters waiters;
  Answers answers;
  waiters.reached({4});
  waiters.wait({5}, answers.of(5));
  waiters.give_up();
  EXPECT_EQ(answers.all, "5-");
  waiters.wait({6}, answers.of(6));
  waiters.wait({4}, answers.of(4));
  waiters.give_up();
  EXPECT_EQ(answers.all, "5-6-4+");
}

TEST(AppliedWaiters, AnAnswerMayWaitAgain) {
  AppliedWaiters waiters;
  Answers answers;
  waiters.wait({1}, [&](bool) { waiters.wait({2}, answers.of(2)); });
  waiters.reached({1});
  EXPECT_EQ(answers.all, "");
  waiters.reached({2});
  EXPECT_EQ(answers.all, "2+");
}

}  // namespace
}  // namespace mt
