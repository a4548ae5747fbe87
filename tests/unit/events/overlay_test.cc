#include "events/overlay.h"

#include <gtest/gtest.h>

#include "tests/fixture/commits.h"

namespace mt {
namespace {

const Claim kName{"name", "acme"};

CommitRecord with_claims(Position first, const std::string& id, std::vector<Claim> taken,
                         std::vector<Claim> released) {
  Commit commit = test::commit(test::stream(id), {first.value - 1});
  commit.taken = std::move(taken);
  commit.released = std::move(released);
  return test::record(first, commit);
}

TEST(Overlay, KnowsNothingAtFirst) {
  const Overlay overlay;
  EXPECT_FALSE(overlay.stream_version(test::stream("a")));
  EXPECT_EQ(overlay.command({"c"}), nullptr);
  EXPECT_EQ(overlay.claim_holder(kName), nullptr);
}

TEST(Overlay, HoldsTheLatestVersionOfAStream) {
  Overlay overlay;
  overlay.add(test::record({1}, test::commit(test::stream("a"), {0}, 2)));
  overlay.add(test::record({3}, test::commit(test::stream("a"), {2}, 3)));
  EXPECT_EQ(overlay.stream_version(test::stream("a")), Version{5});
  EXPECT_FALSE(overlay.stream_version(test::stream("b")));
}

TEST(Overlay, HoldsWhatAKeyedCommandAnswered) {
  Overlay overlay;
  overlay.add(test::record({7}, test::keyed(test::commit(test::stream("a"), {4}, 2), "k", "r", 9)));
  const CommandResult* found = overlay.command({"k"});
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->last, Position{8});
  EXPECT_EQ(found->version, Version{6});
  EXPECT_EQ(found->digest[0], 9);
  EXPECT_EQ(found->reply, "r");
  EXPECT_EQ(found->reply_type, "mt.tests.Reply");
}

TEST(Overlay, DoesNotKeepACommandWithoutKey) {
  Overlay overlay;
  const Commit commit = test::commit(test::stream("a"), {0});
  overlay.add(test::record({1}, commit));
  EXPECT_EQ(overlay.command(commit.command.id), nullptr);
}

TEST(Overlay, HoldsWhoTookAClaimAndThatItWasReleased) {
  Overlay overlay;
  overlay.add(with_claims({1}, "a", {kName}, {}));
  ASSERT_NE(overlay.claim_holder(kName), nullptr);
  EXPECT_EQ(*overlay.claim_holder(kName), test::stream("a"));
  overlay.add(with_claims({2}, "a", {}, {kName}));
  ASSERT_NE(overlay.claim_holder(kName), nullptr) << "the derived state may still hold it";
  EXPECT_EQ(*overlay.claim_holder(kName), StreamId{});
  overlay.add(with_claims({3}, "b", {kName}, {}));
  EXPECT_EQ(*overlay.claim_holder(kName), test::stream("b"));
}

TEST(Overlay, AClaimReleasedAndTakenAtOnceIsTaken) {
  Overlay overlay;
  overlay.add(with_claims({1}, "a", {kName}, {kName}));
  EXPECT_EQ(*overlay.claim_holder(kName), test::stream("a"));
}

TEST(Overlay, ForgetsWhatIsApplied) {
  Overlay overlay;
  overlay.add(test::record({1}, test::keyed(test::commit(test::stream("a"), {0}, 2), "k", "r")));
  overlay.add(with_claims({3}, "b", {kName}, {}));
  overlay.forget({1});
  EXPECT_TRUE(overlay.stream_version(test::stream("a"))) << "its last event is not applied";
  overlay.forget({2});
  EXPECT_FALSE(overlay.stream_version(test::stream("a")));
  EXPECT_EQ(overlay.command({"k"}), nullptr);
  EXPECT_NE(overlay.claim_holder(kName), nullptr);
  overlay.forget({3});
  EXPECT_EQ(overlay.claim_holder(kName), nullptr);
}

TEST(Overlay, KeepsTheLaterOfTwoCommandsOfOneId) {
  Overlay overlay;
  overlay.add(test::record({1}, test::keyed(test::commit(test::stream("a"), {0}), "k", "old")));
  overlay.add(test::record({2}, test::keyed(test::commit(test::stream("a"), {1}), "k", "new")));
  overlay.forget({1});
  ASSERT_NE(overlay.command({"k"}), nullptr);
  EXPECT_EQ(overlay.command({"k"})->reply, "new");
  overlay.forget({2});
  EXPECT_EQ(overlay.command({"k"}), nullptr);
}

TEST(Overlay, KeepsWhatALaterCommitRenewed) {
  Overlay overlay;
  overlay.add(with_claims({1}, "a", {kName}, {}));
  overlay.add(with_claims({2}, "a", {}, {kName}));
  overlay.forget({1});
  EXPECT_EQ(overlay.stream_version(test::stream("a")), Version{2});
  ASSERT_NE(overlay.claim_holder(kName), nullptr);
  EXPECT_EQ(*overlay.claim_holder(kName), StreamId{});
  overlay.forget({2});
  EXPECT_FALSE(overlay.stream_version(test::stream("a")));
  EXPECT_EQ(overlay.claim_holder(kName), nullptr);
}

CommitRecord with_tags(Position first, std::vector<std::vector<std::string>> tags) {
  Commit commit = test::commit(test::stream("a"), {first.value - 1}, tags.size());
  for (std::size_t i = 0; i < tags.size(); ++i) commit.events[i].tags = std::move(tags[i]);
  return test::record(first, commit);
}

TEST(Overlay, KnowsWhereTheNextEventWithATagIs) {
  Overlay overlay;
  overlay.add(with_tags({5}, {{"a", "b"}, {}, {"a"}}));
  overlay.add(with_tags({8}, {{"b"}}));
  EXPECT_EQ(overlay.next_tagged("a", {0})->at, Position{5});
  EXPECT_EQ(overlay.next_tagged("a", {0})->type, "Paid");
  EXPECT_EQ(overlay.next_tagged("a", {5})->at, Position{7});
  EXPECT_FALSE(overlay.next_tagged("a", {7}));
  EXPECT_EQ(overlay.next_tagged("b", {5})->at, Position{8});
  EXPECT_FALSE(overlay.next_tagged("", {0}));
}

TEST(Overlay, ForgetsTheTagsThatWereApplied) {
  Overlay overlay;
  overlay.add(with_tags({1}, {{"a"}, {"a"}}));
  overlay.add(with_tags({3}, {{"a"}}));
  overlay.forget({1});
  EXPECT_EQ(overlay.next_tagged("a", {0})->at, Position{1}) << "its commit is not applied whole";
  overlay.forget({2});
  EXPECT_EQ(overlay.next_tagged("a", {0})->at, Position{3});
  overlay.forget({3});
  EXPECT_FALSE(overlay.next_tagged("a", {0}));
}

}  // namespace
}  // namespace mt
