// What a host folds before it decides: snapshot, tail, upcasters.
#include <gtest/gtest.h>

#include "actors/entity_loader.h"
#include "tests/fixture/host_node.h"

namespace mt::test {
namespace {

HostNode::Settings snapshots_every(std::uint32_t events) {
  HostNode::Settings settings;
  settings.hosts.snapshot_every = events;
  return settings;
}

std::optional<StoredSnapshot> snapshot_of(const HostNode& node, const std::string& id) {
  return node.derived.view()->snapshot(HostNode::module(), {"counter", id});
}

void add_times(HostNode& node, int times) {
  for (int i = 0; i < times; ++i) ASSERT_TRUE(node.ask({.command = add(1)}).has_value());
}

// Writes what no host decided.
Result<Appended> write(HostNode& node, Version expected, StoredEvent event) {
  std::promise<Result<Appended>> done;
  auto result = done.get_future();
  Commit commit{{"counter", "1"}, expected, {std::move(event)}, {}, {}};
  commit.command.id = {random_uuid()};
  node.writer.append(HostNode::module(), std::move(commit),
                     [&](Result<Appended> appended) { done.set_value(std::move(appended)); });
  Result<Appended> appended = result.get();
  if (appended) {
    std::promise<bool> applied;
    node.tables.when_applied(HostNode::module(), appended->last,
                             [&](bool reached) { applied.set_value(reached); });
    check(applied.get_future().get(), "the tables follow");
  }
  return appended;
}

StoredEvent added(std::int64_t by) {
  counter::CounterEvent event;
  event.mutable_added()->set_by(by);
  return encode_event(event);
}

TEST(EntityLoading, FoldsTheStreamAfterARestart) {
  HostStorage storage;
  {
    HostNode node(storage);
    add_times(node, 4);
  }
  HostNode node(storage);
  const Result<Reply> reply = node.ask({.command = look()});
  EXPECT_EQ(counted(reply).total(), 4);
  EXPECT_EQ(counted(reply).version(), 4u);
}

TEST(EntityLoading, KeepsASnapshotEveryNEvents) {
  HostStorage storage;
  HostNode node(storage, snapshots_every(3));
  add_times(node, 2);
  EXPECT_FALSE(snapshot_of(node, "1").has_value());
  add_times(node, 1);
  ASSERT_TRUE(comes_true([&] { return snapshot_of(node, "1").has_value(); }));
  EXPECT_EQ(snapshot_of(node, "1")->version, Version{3});
  EXPECT_EQ(snapshot_of(node, "1")->code_version, "1");
  add_times(node, 3);
  ASSERT_TRUE(comes_true([&] { return snapshot_of(node, "1")->version == Version{6}; }));
}

TEST(EntityLoading, FoldsOnlyWhatComesAfterTheSnapshot) {
  HostStorage storage;
  {
    HostNode node(storage, snapshots_every(4));
    add_times(node, 5);
    ASSERT_TRUE(comes_true([&] { return snapshot_of(node, "1").has_value(); }));
  }
  HostNode node(storage, snapshots_every(4));
  const std::uint64_t evolved = counter_calls().evolved;
  EXPECT_EQ(counted(node.ask({.command = look()})).total(), 5);
  EXPECT_EQ(counter_calls().evolved, evolved + 1);
  // The next one is due four events after the one that was loaded.
  add_times(node, 3);
  ASSERT_TRUE(comes_true([&] { return snapshot_of(node, "1")->version == Version{8}; }));
}

TEST(EntityLoading, FoldsAgainWhenTheSnapshotIsOfOtherCode) {
  HostStorage storage;
  {
    HostNode node(storage, snapshots_every(2));
    add_times(node, 4);
    ASSERT_TRUE(comes_true([&] { return snapshot_of(node, "1").has_value(); }));
  }
  HostNode::Settings settings = snapshots_every(2);
  settings.type = &entity_type<TenfoldCounter>();
  HostNode node(storage, settings);
  EXPECT_EQ(counted(node.ask({.command = look()})).total(), 40);
  // The new code's snapshot takes its place.
  add_times(node, 1);
  ASSERT_TRUE(comes_true([&] { return snapshot_of(node, "1")->code_version == "tenfold"; }));
}

StoredSnapshot of_this_code(Version version, std::string state) {
  return {version, "1", std::move(state), entity_type<Counter>().state_schema};
}

void keep(HostStorage& storage, const HostNode& node, const StoredSnapshot& snapshot) {
  ASSERT_TRUE(storage.kv.write([&](KvWriter& kv) -> Result<void> {
    node.derived.put_snapshot(kv, HostNode::module(), {"counter", "1"}, snapshot);
    return {};
  }));
}

TEST(EntityLoading, ReplacesASnapshotThatDoesNotParse) {
  HostStorage storage;
  {
    HostNode node(storage);
    add_times(node, 2);
    keep(storage, node, of_this_code({2}, "\xff\xff"));
  }
  HostNode node(storage);
  EXPECT_EQ(counted(node.ask({.command = look()})).total(), 2);
  ASSERT_TRUE(comes_true([&] { return snapshot_of(node, "1")->state != "\xff\xff"; }));
  EXPECT_EQ(snapshot_of(node, "1")->version, Version{2});
}

TEST(EntityLoading, ReplacesASnapshotThatIsNone) {
  HostStorage storage;
  {
    HostNode node(storage);
    add_times(node, 2);
    const StoreId snapshots = storage.kv.open("test_counters.snapshots").value();
    ASSERT_TRUE(storage.kv.write([&](KvWriter& kv) -> Result<void> {
      kv.put(snapshots, std::string("counter\0001\0", 10), "\xff");
      return {};
    }));
    ASSERT_FALSE(snapshot_of(node, "1")->is_readable);
  }
  HostNode node(storage);
  EXPECT_EQ(counted(node.ask({.command = look()})).total(), 2);
  ASSERT_TRUE(comes_true([&] { return snapshot_of(node, "1")->is_readable; }));
}

TEST(EntityLoading, FoldsAgainWhenTheStateIsOfAnotherSchema) {
  HostStorage storage;
  {
    HostNode node(storage);
    add_times(node, 2);
    counter::CounterState wrong;
    wrong.set_total(77);
    StoredSnapshot snapshot = of_this_code({2}, wrong.SerializeAsString());
    snapshot.schema = "of another message";
    keep(storage, node, snapshot);
  }
  HostNode node(storage);
  EXPECT_EQ(counted(node.ask({.command = look()})).total(), 2);
  ASSERT_TRUE(comes_true(
      [&] { return snapshot_of(node, "1")->schema == entity_type<Counter>().state_schema; }));
}

TEST(EntityLoading, ReplacesNoSnapshotWhenItShallKeepNone) {
  HostStorage storage;
  {
    HostNode node(storage);
    add_times(node, 2);
    keep(storage, node, of_this_code({2}, "\xff\xff"));
  }
  HostNode node(storage, snapshots_every(0));
  EXPECT_EQ(counted(node.ask({.command = look()})).total(), 2);
  add_times(node, 3);
  EXPECT_EQ(snapshot_of(node, "1")->state, "\xff\xff");
}

TEST(EntityLoading, KeepsASnapshotWhenTheFirstEventWithoutOneIsOld) {
  HostStorage storage;
  HostNode::Settings settings = snapshots_every(1'000);
  settings.hosts.snapshot_after = std::chrono::hours(1);
  {
    HostNode node(storage, settings);
    add_times(node, 1);
    storage.clock.advance(std::chrono::minutes(59));
    add_times(node, 2);
    EXPECT_FALSE(snapshot_of(node, "1").has_value());
    storage.clock.advance(std::chrono::minutes(1));
    add_times(node, 1);
    ASSERT_TRUE(comes_true([&] { return snapshot_of(node, "1").has_value(); }));
    EXPECT_EQ(snapshot_of(node, "1")->version, Version{4});
    EXPECT_EQ(snapshot_of(node, "1")->time, storage.clock.now());
    // The hour begins with the next event.
    storage.clock.advance(std::chrono::hours(5));
    add_times(node, 1);
    EXPECT_EQ(snapshot_of(node, "1")->version, Version{4});
  }
  // And goes on through a restart.
  storage.clock.advance(std::chrono::hours(1));
  HostNode node(storage, settings);
  add_times(node, 1);
  ASSERT_TRUE(comes_true([&] { return snapshot_of(node, "1")->version == Version{6}; }));
}

// A log that was restored from a backup has no such version; what it holds since is another past.
TEST(EntityLoading, FoldsAgainWhenTheSnapshotIsAheadOfItsStream) {
  HostStorage storage;
  {
    HostNode node(storage, snapshots_every(3));
    add_times(node, 3);
    ASSERT_TRUE(comes_true([&] { return snapshot_of(node, "1").has_value(); }));
    StoredSnapshot ahead = *snapshot_of(node, "1");
    ahead.version = {4};
    ASSERT_TRUE(storage.kv.write([&](KvWriter& kv) -> Result<void> {
      node.derived.put_snapshot(kv, HostNode::module(), {"counter", "1"}, ahead);
      return {};
    }));
  }
  HostNode node(storage);
  const std::uint64_t evolved = counter_calls().evolved;
  const auto reply = counted(node.ask({.command = look()}));
  EXPECT_EQ(reply.total(), 3);
  EXPECT_EQ(reply.version(), 3u);
  EXPECT_EQ(counter_calls().evolved, evolved + 3);
}

TEST(EntityLoading, TakesEventsOfAnOlderSchemaThroughTheUpcasters) {
  Upcasters upcasters;
  // Schema 1 counted in dozens.
  ASSERT_TRUE(upcasters
                  .add("Added", 1,
                       [](StoredEvent event) -> Result<StoredEvent> {
                         counter::Added old;
                         if (!old.ParseFromString(event.payload)) return data_loss("no event");
                         old.set_by(old.by() * 12);
                         event.payload = old.SerializeAsString();
                         event.schema = 2;
                         return event;
                       })
                  .has_value());
  HostStorage storage;
  HostNode::Settings settings;
  settings.upcasters = &upcasters;
  HostNode node(storage, settings);
  StoredEvent old = added(2);
  old.schema = 1;
  ASSERT_TRUE(write(node, {0}, old).has_value());
  ASSERT_TRUE(write(node, {1}, added(3)).has_value());

  EXPECT_EQ(counted(node.ask({.command = look()})).total(), 27);
}

TEST(EntityLoading, SaysWhichEntityItCannotRead) {
  HostStorage storage;
  HostNode node(storage);
  ASSERT_TRUE(write(node, {0}, {"Exploded", 1, ""}).has_value());

  const Result<Reply> reply = node.ask({.command = add(1)});

  EXPECT_EQ(code_of(reply), Code::kDataLoss);
  EXPECT_NE(reply.error().message.find("counter/1 cannot be loaded"), std::string::npos);
  EXPECT_NE(reply.error().message.find("Exploded"), std::string::npos);
  // A fault of the data is none of the entity's code.
  EXPECT_EQ(node.health().state, ModuleState::kRunning);
}

TEST(EntityLoading, ServesNothingFromADamagedRecord) {
  HostStorage storage;
  {
    HostNode node(storage);
    add_times(node, 3);
  }
  storage.memory_log.bytes_at(HostNode::module(), {2})[60] ^= 1;
  HostNode node(storage);

  const Result<Reply> reply = node.ask({.command = look()});

  EXPECT_EQ(code_of(reply), Code::kDataLoss);
  EXPECT_NE(reply.error().message.find("position 2"), std::string::npos);
  EXPECT_EQ(counted(node.ask({.id = "2", .command = look()})).total(), 0);
}

TEST(EntityLoading, TakesALostRecordForLossAndNoNewEntity) {
  HostStorage storage;
  {
    HostNode node(storage);
    add_times(node, 1);
  }
  // The index remembers a record that this log does not have.
  MemoryLog empty;
  ASSERT_TRUE(empty.open(HostNode::module()).has_value());
  DerivedStore derived(storage.memory_kv);
  ASSERT_TRUE(derived.open(HostNode::module()).has_value());

  const auto loaded =
      load_entity({HostNode::module(), {"counter", "1"}, entity_type<Counter>(), nullptr},
                  *derived.view(), empty);

  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code, Code::kDataLoss);
}

}  // namespace
}  // namespace mt::test
