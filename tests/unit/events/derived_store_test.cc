#include "events/derived_store.h"

#include <gtest/gtest.h>

#include "events/memory/memory_kv.h"
#include "tests/fixture/commits.h"

namespace mt {
namespace {

const ModuleName kModule{"mod_main"};
const Claim kName{"name", "acme"};

class DerivedStoreOf : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(derived_.open(kModule)); }

  CommitRecord apply(Position first, Commit commit) {
    CommitRecord record = test::record(first, std::move(commit));
    apply(record);
    return record;
  }
  void apply(const CommitRecord& record) {
    ASSERT_TRUE(kv_.write([&](KvWriter& kv) -> Result<void> {
      derived_.apply(kv, kModule, record);
      return {};
    }));
  }
  void keep(const StreamId& stream, const StoredSnapshot& snapshot) {
    ASSERT_TRUE(kv_.write([&](KvWriter& kv) -> Result<void> {
      derived_.put_snapshot(kv, kModule, stream, snapshot);
      return {};
    }));
  }
  std::vector<Position> records_after(const std::string& id, Version after) {
    return derived_.view()->stream_records(kModule, test::stream(id), after);
  }

  MemoryKv kv_;
  DerivedStore derived_{kv_};
};

TEST_F(DerivedStoreOf, AnEmptyLogHoldsNothing) {
  const auto view = derived_.view();
  EXPECT_TRUE(view->status());
  EXPECT_EQ(view->applied(kModule), Position{});
  EXPECT_EQ(view->stream_version(kModule, test::stream("a")), Version{});
  EXPECT_TRUE(view->stream_records(kModule, test::stream("a"), {}).empty());
  EXPECT_FALSE(view->command(kModule, {"k"}));
  EXPECT_FALSE(view->claim_holder(kModule, kName));
  EXPECT_FALSE(view->snapshot(kModule, test::stream("a")));
}

TEST_F(DerivedStoreOf, FindsTheRecordsOfAStream) {
  apply({1}, test::commit(test::stream("a"), {0}, 2));
  apply({3}, test::commit(test::stream("ab"), {0}, 1));
  apply({4}, test::commit(test::stream("a"), {2}, 3));
  EXPECT_EQ(derived_.view()->applied(kModule), Position{6});
  EXPECT_EQ(derived_.view()->stream_version(kModule, test::stream("a")), Version{5});
  EXPECT_EQ(derived_.view()->stream_version(kModule, test::stream("ab")), Version{1});
  EXPECT_EQ(records_after("a", {0}), (std::vector<Position>{{1}, {4}}));
  EXPECT_EQ(records_after("a", {1}), (std::vector<Position>{{1}, {4}})) << "it holds version 2 too";
  EXPECT_EQ(records_after("a", {2}), (std::vector<Position>{{4}}));
  EXPECT_TRUE(records_after("a", {5}).empty());
}

TEST_F(DerivedStoreOf, FindsTheNextEventWithATag) {
  Commit commit = test::commit(test::stream("a"), {0}, 3);
  commit.events[0].tags = {"student:1", "course:1"};
  commit.events[2].tags = {"student:1", "student:12", std::string("nul\0x", 5),
                           std::string(600, 't')};
  commit.events[2].type = "Moved";
  apply({1}, commit);
  apply({4}, test::commit(test::stream("a"), {3}));
  const auto view = derived_.view();
  EXPECT_EQ(view->next_tagged(kModule, "student:1", {0})->at, Position{1});
  EXPECT_EQ(view->next_tagged(kModule, "student:1", {0})->type, "Paid");
  EXPECT_EQ(view->next_tagged(kModule, "student:1", {1})->at, Position{3});
  EXPECT_EQ(view->next_tagged(kModule, "student:1", {1})->type, "Moved");
  EXPECT_FALSE(view->next_tagged(kModule, "student:1", {3}));
  EXPECT_EQ(view->next_tagged(kModule, "student:12", {0})->at, Position{3});
  EXPECT_FALSE(view->next_tagged(kModule, "student:", {0}));
  EXPECT_FALSE(view->next_tagged(kModule, "nul", {0}));
  EXPECT_TRUE(view->status());
}

TEST_F(DerivedStoreOf, KeepsStreamsWithLikeNamesApart) {
  const std::vector<StreamId> streams = {{"a", "b/c"},
                                         {"a/b", "c"},
                                         {"ab", "c"},
                                         {"a", "bc"},
                                         {"a", std::string(400, 'x')},
                                         {"a", std::string(600, 'x')},
                                         {"a", std::string(601, 'x')},
                                         {"a", std::string(9'000, 'y')}};
  std::uint64_t position = 0;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    apply({position + 1}, test::commit(streams[i], {0}, i + 1));
    position += i + 1;
  }
  const auto view = derived_.view();
  for (std::size_t i = 0; i < streams.size(); ++i) {
    EXPECT_EQ(view->stream_version(kModule, streams[i]), Version{i + 1});
    EXPECT_EQ(view->stream_records(kModule, streams[i], {}).size(), 1u);
  }
}

TEST_F(DerivedStoreOf, FindsKeyedCommandsOnly) {
  apply({1}, test::commit(test::stream("a"), {0}, 3));
  const auto record = apply({4}, test::keyed(test::commit(test::stream("a"), {3}), "k", "reply"));
  EXPECT_EQ(derived_.view()->command(kModule, {"k"}), record.first);
  EXPECT_FALSE(derived_.view()->command(kModule, {"of ledger/a 0"}));
}

TEST_F(DerivedStoreOf, FollowsClaimsFromHandToHand) {
  Commit take = test::commit(test::stream("a"), {0});
  take.taken = {kName, {"name", std::string(2'000, 'n')}};
  apply({1}, take);
  EXPECT_EQ(derived_.view()->claim_holder(kModule, kName), test::stream("a"));
  EXPECT_EQ(derived_.view()->claim_holder(kModule, take.taken[1]), test::stream("a"));
  EXPECT_FALSE(derived_.view()->claim_holder(kModule, {"name", std::string(2'001, 'n')}));
  EXPECT_FALSE(derived_.view()->claim_holder(kModule, {"nam", "eacme"}));

  Commit give = test::commit(test::stream("a"), {1});
  give.released = {kName};
  apply({2}, give);
  EXPECT_FALSE(derived_.view()->claim_holder(kModule, kName));

  Commit both = test::commit(test::stream("b"), {0});
  both.taken = both.released = {kName};
  apply({3}, both);
  EXPECT_EQ(derived_.view()->claim_holder(kModule, kName), test::stream("b"));
}

TEST_F(DerivedStoreOf, ListsClaimsByScopeAndValueWithTheLongOnesLast) {
  const auto taking = [](const std::string& id, std::vector<Claim> claims) {
    Commit take = test::commit(test::stream(id), {0});
    take.taken = std::move(claims);
    return take;
  };
  const std::string long_name(2'000, 'n');
  apply({1}, taking("a", {{"name", "bees"}, {"name", long_name}, {"nam", "e"}}));
  apply({2}, taking("b", {{"name", "acme"}, {"email", "b@x"}}));
  const auto view = derived_.view();
  using Held = std::vector<HeldClaim>;
  const auto held = [&](const std::string& scope, std::size_t page) {
    Held all;
    std::string after;
    for (bool more = true; more;) {
      more = false;
      std::size_t rows = 0;
      view->visit_claims(kModule, scope, std::string(after),
                         [&](std::string_view key, const HeldClaim& one) {
                           if (rows++ == page) {
                             more = true;
                             return Scan::kStop;
                           }
                           all.push_back(one);
                           after = key;
                           return Scan::kGoOn;
                         });
    }
    return all;
  };
  const HeldClaim bees{{"name", "bees"}, test::stream("a"), {1}};
  const HeldClaim acme{{"name", "acme"}, test::stream("b"), {2}};
  const HeldClaim name_of_2000{{"name", long_name}, test::stream("a"), {1}};
  for (const std::size_t page : {1, 2, 100}) {
    EXPECT_EQ(held("name", page), (Held{acme, bees, name_of_2000}));
    EXPECT_EQ(held("nam", page), (Held{{{"nam", "e"}, test::stream("a"), {1}}}));
    EXPECT_EQ(held("none", page), Held{});
    EXPECT_EQ(held("", page).size(), 5u);
  }
  EXPECT_EQ(view->held_claim(kModule, {"name", long_name}), name_of_2000);
  EXPECT_TRUE(view->status());
}

TEST_F(DerivedStoreOf, KnowsTheKindsOfEventsAndWhereTheyBegin) {
  const auto of = [](const std::string& id, std::vector<EventKind> kinds) {
    Commit commit = test::commit(test::stream(id), {0}, 0);
    for (EventKind& kind : kinds) commit.events.push_back({std::move(kind.type), kind.schema, ""});
    return commit;
  };
  apply({1}, of("a", {{"Paid", 1}, {"Paid", 2}, {"Closed", 1}}));
  apply({4}, of("b", {{"Paid", 2}, {"Opened", 7}}));
  const std::map<EventKind, Position> expected{
      {{"Closed", 1}, {3}}, {{"Opened", 7}, {5}}, {{"Paid", 1}, {1}}, {{"Paid", 2}, {2}}};
  EXPECT_EQ(derived_.kinds(*kv_.read(), kModule), expected);

  // Another process knows what is stored, and keeps it.
  DerivedStore later(kv_);
  ASSERT_TRUE(later.open(kModule));
  const CommitRecord record = test::record({6}, of("c", {{"Paid", 1}, {"Paid", 3}}));
  ASSERT_TRUE(kv_.write([&](KvWriter& kv) -> Result<void> {
    later.apply(kv, kModule, record);
    return {};
  }));
  EXPECT_EQ(later.kinds(*kv_.read(), kModule).at({"Paid", 1}), Position{1});
  EXPECT_EQ(later.kinds(*kv_.read(), kModule).at({"Paid", 3}), Position{7});
}

// Once it was noted as stored when its transaction was not.
TEST_F(DerivedStoreOf, NotesAKindAgainWhenItsTransactionWasTakenBack) {
  const CommitRecord record = test::record({1}, test::commit(test::stream("a"), {0}));
  ASSERT_FALSE(kv_.write([&](KvWriter& kv) -> Result<void> {
    derived_.apply(kv, kModule, record);
    return aborted("to be applied again");
  }));
  derived_.begin_again(kModule);
  apply(record);
  EXPECT_EQ(derived_.kinds(*kv_.read(), kModule).at({"Paid", 3}), Position{1});
}

TEST_F(DerivedStoreOf, AppliesARecordTwiceWithoutAChange) {
  Commit commit = test::keyed(test::commit(test::stream("a"), {0}, 2), "k", "reply");
  commit.taken = {kName};
  const auto record = apply({1}, commit);
  apply(record);
  EXPECT_EQ(derived_.view()->stream_version(kModule, test::stream("a")), Version{2});
  EXPECT_EQ(records_after("a", {}).size(), 1u);
  EXPECT_EQ(derived_.view()->applied(kModule), Position{2});
}

TEST_F(DerivedStoreOf, KeepsTheNewestSnapshotOfAStream) {
  keep(test::stream("a"), {{10}, "code 1", "state"});
  keep(test::stream("a"), {{20}, "code 2", std::string("st\0te", 5)});
  const auto view = derived_.view();
  const auto found = view->snapshot(kModule, test::stream("a"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->version, Version{20});
  EXPECT_EQ(found->code_version, "code 2");
  EXPECT_EQ(found->state, std::string("st\0te", 5));
  EXPECT_FALSE(view->snapshot(kModule, test::stream("b")));
}

TEST_F(DerivedStoreOf, ForgetsAModuleAndNoOther) {
  const ModuleName other{"sys_core"};
  ASSERT_TRUE(derived_.open(other));
  const auto record = apply({1}, test::keyed(test::commit(test::stream("a"), {0}), "k", "reply"));
  ASSERT_TRUE(kv_.write([&](KvWriter& kv) -> Result<void> {
    derived_.apply(kv, other, record);
    derived_.clear(kv, kModule);
    return {};
  }));
  EXPECT_EQ(derived_.view()->applied(kModule), Position{});
  EXPECT_FALSE(derived_.view()->command(kModule, {"k"}));
  EXPECT_EQ(derived_.view()->applied(other), Position{1});
  EXPECT_TRUE(derived_.view()->command(other, {"k"}));
}

TEST_F(DerivedStoreOf, MustNotHoldMoreThanTheLog) {
  EXPECT_TRUE(check_not_beyond(kModule, {3}, {3}));
  const auto beyond = check_not_beyond(kModule, {4}, {3});
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, Code::kDataLoss);
  EXPECT_NE(beyond.error().message.find("mod_main hold position 4"), std::string::npos);
}

// Each of these once ended the process of whoever looked it up.
TEST_F(DerivedStoreOf, ADamagedEntryIsAFaultOfTheViewAndNotTheEndOfTheProcess) {
  const auto damage = [&](const char* store, std::string_view key, std::string_view value) {
    const StoreId id = kv_.open(std::string("mod_main.") + store).value();
    ASSERT_TRUE(kv_.write([&](KvWriter& kv) -> Result<void> {
      kv.put(id, key, value);
      return {};
    }));
  };
  using namespace std::string_view_literals;
  damage("state", "applied", "1");
  damage("results", "k", "123");
  damage("claims", "name\0acme\0"sv, "no message");
  damage("kinds", "Paid", "no message");
  damage("tags", "student:1\0no number"sv, "Paid");
  damage("streams", "ledger\0a\0x"sv, "12345678");
  damage("streams", "ledger\0b\0\0\0\0\0\0\0\0\1"sv, "1");
  const auto expect_fault = [&](const auto& look_up) {
    const auto view = derived_.view();
    look_up(*view);
    ASSERT_FALSE(view->status());
    EXPECT_EQ(view->status().error().code, Code::kDataLoss);
    EXPECT_NE(view->status().error().message.find("the derived state of mod_main is damaged"),
              std::string::npos);
  };
  expect_fault([](const DerivedView& view) { EXPECT_EQ(view.applied(kModule), Position{}); });
  expect_fault([](const DerivedView& view) { (void)view.command(kModule, {"k"}); });
  expect_fault([](const DerivedView& view) { EXPECT_FALSE(view.claim_holder(kModule, kName)); });
  expect_fault([](const DerivedView& view) {
    view.visit_claims(kModule, "name", {}, [](std::string_view, const HeldClaim&) {
      ADD_FAILURE() << "what cannot be read is shown to nobody";
      return Scan::kGoOn;
    });
  });
  expect_fault([](const DerivedView& view) { (void)view.next_tagged(kModule, "student:1", {}); });
  expect_fault(
      [](const DerivedView& view) { (void)view.stream_version(kModule, test::stream("a")); });
  expect_fault(
      [](const DerivedView& view) { (void)view.stream_records(kModule, test::stream("b"), {}); });
}

TEST_F(DerivedStoreOf, ForgetsACommandAfterItsWindowUnlessALaterOneHasItsId) {
  constexpr std::chrono::hours kWindow(2);
  ASSERT_TRUE(derived_.open(kModule, kWindow));
  EXPECT_EQ(derived_.view()->remembered(kModule), kWindow);
  const CommitRecord old = apply({1}, test::keyed(test::commit(test::stream("a"), {0}), "k", ""));
  const CommitRecord set =
      apply({2}, test::keyed(test::commit(test::stream("b"), {0}), "bs/m/s/1", ""));
  const auto forget = [&](const CommitRecord& record, Time newest) {
    ASSERT_TRUE(kv_.write([&](KvWriter& kv) -> Result<void> {
      derived_.forget(kv, kModule, record, newest);
      return {};
    }));
  };
  forget(old, old.time + kWindow - std::chrono::nanoseconds(1));
  EXPECT_TRUE(derived_.view()->command(kModule, {"k"})) << "not yet";
  forget(old, old.time + kWindow);
  forget(set, set.time + 1000 * kWindow);
  EXPECT_FALSE(derived_.view()->command(kModule, {"k"}));
  EXPECT_TRUE(derived_.view()->command(kModule, {"bs/m/s/1"})) << "a set's are kept for ever";
  apply({3}, test::keyed(test::commit(test::stream("a"), {1}), "k", ""));
  forget(old, old.time + kWindow);
  EXPECT_EQ(derived_.view()->command(kModule, {"k"}), Position{3});
}

}  // namespace
}  // namespace mt
