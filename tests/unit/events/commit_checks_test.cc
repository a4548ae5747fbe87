#include "events/commit_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "events/derived_store.h"
#include "events/memory/memory_kv.h"
#include "events/memory/memory_log.h"
#include "tests/fixture/commits.h"

namespace mt {
namespace {

using testing::HasSubstr;

const ModuleName kModule{"mod_main"};
const Claim kName{"name", "acme"};

Commit taking(const std::string& id, Version expected) {
  Commit commit = test::commit(test::stream(id), expected);
  commit.taken = {kName};
  return commit;
}

Commit releasing(const std::string& id, Version expected) {
  Commit commit = test::commit(test::stream(id), expected);
  commit.released = {kName};
  return commit;
}

// The parameter says whether what happened before is in the derived state already, or in the
// overlay only: the answers are the same.
class CommitChecksOf : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(log_.open(kModule));
    ASSERT_TRUE(derived_.open(kModule));
  }

  void happened(Commit commit) {
    CommitRecord record = test::record(log_.head(kModule) + 1, std::move(commit));
    const LogAppend append{kModule, &record};
    ASSERT_TRUE(log_.append({&append, 1}));
    if (!GetParam()) return overlay_.add(record);
    ASSERT_TRUE(kv_.write([&](KvWriter& kv) -> Result<void> {
      derived_.apply(kv, kModule, record);
      return {};
    }));
  }
  Result<void> version(const Commit& commit) {
    const auto view = derived_.view();
    return CommitChecks(kModule, log_, *view, overlay_).check_version(commit);
  }
  Result<void> claims(const Commit& commit) {
    const auto view = derived_.view();
    return CommitChecks(kModule, log_, *view, overlay_).check_claims(commit);
  }
  Result<void> condition(TagQuery query, Position after) {
    Commit commit = test::commit(test::stream("new"), {0});
    commit.condition = AppendCondition{std::move(query), after};
    const auto view = derived_.view();
    const auto checked = CommitChecks(kModule, log_, *view, overlay_).check_condition(commit);
    EXPECT_TRUE(view->status());
    return checked;
  }
  Result<std::optional<Appended>> known(const Commit& commit, std::chrono::nanoseconds later = {}) {
    const auto view = derived_.view();
    return CommitChecks(kModule, log_, *view, overlay_)
        .known_command(commit.command, test::record({1}, commit).time + later);
  }

 private:
  MemoryLog log_;
  MemoryKv kv_;
  DerivedStore derived_{kv_};
  Overlay overlay_;
};

TEST_P(CommitChecksOf, ACommandIsKnownWithinItsWindow) {
  const Commit first = test::keyed(test::commit(test::stream("a"), {0}), "k", "reply");
  happened(first);
  EXPECT_TRUE(known(first, kRemembered - std::chrono::nanoseconds(1))->has_value());
  EXPECT_FALSE(known(first, kRemembered)->has_value());
}

Commit tagged_with(const std::string& id, std::vector<std::string> tags) {
  Commit commit = test::commit(test::stream(id), {0});
  commit.events.front().tags = std::move(tags);
  return commit;
}

TEST_P(CommitChecksOf, AConditionHoldsWhileNoMatchHasComeSince) {
  happened(tagged_with("a", {"course:1", "student:1"}));  // 1
  happened(tagged_with("b", {"course:2"}));               // 2
  happened(test::commit(test::stream("c"), {0}));         // 3
  EXPECT_TRUE(condition(tagged("course:1"), {1}));
  EXPECT_TRUE(condition(tagged("course:3"), {0}));
  EXPECT_TRUE(condition({{{.tags = {"course:2"}, .types = {"Sent"}}}}, {0}));
  EXPECT_TRUE(condition({{{.tags = {"course:2", "student:1"}}}}, {0}));

  const auto refused = condition({{{.tags = {"x"}}, {.tags = {"course:1", "student:1"}}}}, {0});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kAborted);
  EXPECT_EQ(refused.error().message,
            "the event at position 1, tagged course:1 and student:1, came after position 0; load "
            "again and decide again");
  EXPECT_FALSE(condition({{{.tags = {"course:2"}, .types = {"Sent", "Paid"}}}}, {1}));
}

TEST_P(CommitChecksOf, AConditionCannotRestOnWhatTheLogDoesNotHold) {
  happened(tagged_with("a", {"course:1"}));
  EXPECT_TRUE(condition(tagged("course:1"), {1}));
  const auto refused = condition(tagged("course:1"), {2});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(refused.error().message, HasSubstr("position 2, the log ends at 1"));
}

TEST_P(CommitChecksOf, AConditionThatTakesTooLongToTellIsRefused) {
  Commit many = test::commit(test::stream("a"), {0}, 12'000);
  for (std::size_t i = 0; i < many.events.size(); ++i) {
    many.events[i].tags = {i % 2 == 0 ? "even" : "odd"};
  }
  happened(std::move(many));
  const auto refused = condition({{{.tags = {"even", "odd"}}}}, {0});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kAborted);
  EXPECT_THAT(refused.error().message, HasSubstr("too much has come after position 0"));
  EXPECT_TRUE(condition({{{.tags = {"even", "odd"}}}}, {11'000}));
}

INSTANTIATE_TEST_SUITE_P(Known, CommitChecksOf, testing::Bool(), [](const auto& tested) {
  return tested.param ? "ToTheDerivedState" : "ToTheOverlay";
});

TEST_P(CommitChecksOf, AcceptTheExpectedVersionOnly) {
  EXPECT_TRUE(version(test::commit(test::stream("a"), {0})));
  happened(test::commit(test::stream("a"), {0}, 2));
  EXPECT_TRUE(version(test::commit(test::stream("a"), {2})));
  for (const std::uint64_t wrong : {0u, 1u, 3u}) {
    const auto refused = version(test::commit(test::stream("a"), {wrong}));
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().code, Code::kAborted);
    EXPECT_THAT(refused.error().message, HasSubstr("stream ledger/a is at version 2, not "));
  }
}

TEST_P(CommitChecksOf, GiveAClaimToOneEntity) {
  EXPECT_TRUE(claims(taking("a", {0})));
  happened(taking("a", {0}));
  const auto refused = claims(taking("b", {0}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kAlreadyExists);
  EXPECT_EQ(refused.error().message, "the name is taken") << "the value may be personal";
  EXPECT_TRUE(claims(taking("a", {1}))) << "what one holds, one may take again";
}

TEST_P(CommitChecksOf, LetOnlyTheHolderGiveAClaimUp) {
  const auto unheld = claims(releasing("a", {0}));
  ASSERT_FALSE(unheld);
  EXPECT_EQ(unheld.error().code, Code::kFailedPrecondition);
  happened(taking("a", {0}));
  EXPECT_FALSE(claims(releasing("b", {0})));
  EXPECT_TRUE(claims(releasing("a", {1})));
  happened(releasing("a", {1}));
  EXPECT_FALSE(claims(releasing("a", {2})));
  EXPECT_TRUE(claims(taking("b", {0})));
}

TEST_P(CommitChecksOf, AnswerAKnownCommandAsTheFirstTime) {
  const Commit commit = test::keyed(test::commit(test::stream("a"), {0}, 2), "k", "reply");
  EXPECT_FALSE(known(commit).value());
  happened(test::commit(test::stream("z"), {0}));
  happened(commit);
  const auto again = known(commit);
  ASSERT_TRUE(again);
  ASSERT_TRUE(*again);
  EXPECT_TRUE((*again)->repeated);
  EXPECT_EQ((*again)->last, Position{3});
  EXPECT_EQ((*again)->version, Version{2});
  EXPECT_EQ((*again)->reply, "reply");
  EXPECT_EQ((*again)->reply_type, "mt.tests.Reply");
}

TEST_P(CommitChecksOf, RefuseAKnownCommandIdWithAnotherRequest) {
  happened(test::keyed(test::commit(test::stream("a"), {0}), "k", "reply", 1));
  const auto refused = known(test::keyed(test::commit(test::stream("a"), {1}), "k", "other", 2));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kAlreadyExists);
  EXPECT_THAT(refused.error().message, HasSubstr("'k' was used for another request"));
}

TEST_P(CommitChecksOf, DoNotRememberCommandsWithoutKey) {
  const Commit commit = test::commit(test::stream("a"), {0});
  happened(commit);
  EXPECT_FALSE(known(commit).value());
  Commit as_keyed = commit;
  as_keyed.command.keyed = true;
  EXPECT_FALSE(known(as_keyed).value());
}

}  // namespace
}  // namespace mt
