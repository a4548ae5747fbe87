// Live queries beside the writes that they tell of: whatever is appended, rebuilt, left and
// resumed, a client that is caught up holds exactly the rows of the position it was told.
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <random>
#include <thread>

#include "tests/contract/backends.h"
#include "tests/fixture/ledger_watch.h"

namespace mt::test {
namespace {

using Rows = std::map<std::string, LedgerRow>;

const ModuleName kModule{"mod_main"};
constexpr char kTable[] = "mod_main_ledger";

std::map<std::string, std::string> bytes_of(const Rows& rows) {
  std::map<std::string, std::string> bytes;
  for (const auto& [key, row] : rows) bytes[key] = row.SerializeAsString();
  return bytes;
}

// The rows at each position, folded apart.
class Model {
 public:
  void opened(const std::string& id, const std::string& owner) {
    rows_[id].set_id(id);
    rows_[id].set_owner(owner);
    keep();
  }
  void paid(const std::string& id, std::int64_t cents) {
    LedgerRow& row = rows_[id];
    row.set_id(id);
    row.set_cents(row.cents() + cents);
    row.set_payments(row.payments() + 1);
    keep();
  }
  void closed(const std::string& id) {
    rows_.erase(id);
    keep();
  }

  Rows at(std::uint64_t position, const LiveRows<LedgerRow>& of) const {
    const std::lock_guard lock(mutex_);
    Rows rows;
    for (const auto& [id, row] : kept_.at(position)) {
      if (of.table.is_in(of.range, row) && (!of.keeps || of.keeps(row))) rows.emplace(id, row);
    }
    return rows;
  }

 private:
  void keep() {
    const std::lock_guard lock(mutex_);
    kept_.push_back(rows_);
  }

  Rows rows_;
  mutable std::mutex mutex_;
  std::vector<Rows> kept_ = {{}};  // by position
};

template <typename Backend>
class LiveQueries : public testing::Test {
 public:
  LiveQueries() {
    EXPECT_TRUE(backend_.log().open(kModule));
    EXPECT_TRUE(tables_.open({}));
    tables_.start();
  }
  ~LiveQueries() override { tables_.stop(); }

  std::uint64_t head() const { return head_.load(); }

  // As one batch.
  void append(std::vector<std::pair<std::string, StoredEvent>> events) {
    std::vector<CommitRecord> records;
    std::uint64_t at = head();
    for (auto& [id, event] : events) {
      records.push_back(record({++at}, commit_of(id, {versions_[id]++}, {std::move(event)})));
    }
    std::vector<LogAppend> batch;
    for (CommitRecord& one : records) batch.push_back({kModule, &one});
    ASSERT_TRUE(backend_.log().append(batch));
    head_ = at;
    tables_.wake();
  }
  void pay(const std::string& id, int times) {
    std::vector<std::pair<std::string, StoredEvent>> events;
    for (int i = 0; i < times; ++i) {
      model_.paid(id, 1);
      events.emplace_back(id, paid(1));
    }
    append(std::move(events));
  }
  // By long names: each change takes twice their bytes.
  void rename(const std::string& id, int times, std::size_t bytes) {
    std::vector<std::pair<std::string, StoredEvent>> events;
    for (int i = 0; i < times; ++i) {
      const std::string owner(bytes, i % 2 == 0 ? 'x' : 'y');
      model_.opened(id, owner);
      events.emplace_back(id, opened(owner));
    }
    append(std::move(events));
  }
  void wait_until_applied() {
    std::promise<bool> reached;
    tables_.when_applied(kModule, {head()}, [&](bool is) { reached.set_value(is); });
    ASSERT_TRUE(reached.get_future().get());
  }

  LiveRows<LedgerRow> all() const { return {ledger_->table(), "", ""}; }
  LiveRows<LedgerRow> of(const std::string& owner) const {
    return {ledger_->table(), "by_owner", Key().text(owner)};
  }

  Backend backend_;
  Upcasters upcasters_;
  std::shared_ptr<Ledger> ledger_ = std::make_shared<Ledger>(kTable);
  DerivedStore derived_{backend_.kv()};
  LiveTables tables_{backend_.kv(), backend_.log(), derived_, {{kModule, &upcasters_, {ledger_}}}};
  Model model_;
  std::map<std::string, std::uint64_t> versions_;
  std::atomic<std::uint64_t> head_ = 0;
};

TYPED_TEST_SUITE(LiveQueries, Backends, BackendNames);

// A client that comes and goes until it holds what the log ends with.
template <typename World>
struct Wanderer {
  World& world;
  const LiveRows<LedgerRow> of;
  std::mt19937 random;
  const std::atomic<std::uint64_t>& last;  // position; 0: not written yet
  LedgerClient client = {};
  int visits = 0;

  void expect_exact() const {
    if (!client.is_caught_up) return;
    EXPECT_EQ(bytes_of(client.rows), bytes_of(world.model_.at(client.position, of)))
        << "at position " << client.position;
  }
  bool has_all() const { return last > 0 && client.is_caught_up && client.position == last; }
  void visit() {
    ++visits;
    std::size_t messages = last > 0 ? 1'000'000 : 1 + random() % 12;
    ClientStream stream(client, [&] {
      expect_exact();
      return !has_all() && --messages > 0;
    });
    LiveLimits limits;
    limits.pace = std::chrono::milliseconds(random() % 3);
    limits.sign_of_life = std::chrono::milliseconds(5);
    LedgerWatch watch(world.tables_, of, stream, limits);
    const auto outcome = watch.run(random() % 8 == 0 ? "" : client.resume);
    EXPECT_TRUE(outcome) << outcome.error().message;
  }
  void run() {
    while (!has_all() && !testing::Test::HasFailure()) visit();
  }
};

template <typename World>
void write_at_random(World& world, std::mt19937& random) {
  static const std::vector<std::string> kOwners{"ann", "anna", "bob", ""};
  std::vector<std::pair<std::string, StoredEvent>> events;
  for (std::size_t i = 1 + random() % 9; i > 0; --i) {
    const std::string id = "account" + std::to_string(random() % 40);
    const std::size_t what = random() % 10;
    if (what < 3) {
      const std::string& owner = kOwners[random() % kOwners.size()];
      world.model_.opened(id, owner);
      events.emplace_back(id, opened(owner));
    } else if (what < 8) {
      const std::int64_t cents = static_cast<std::int64_t>(random() % 9) - 4;
      world.model_.paid(id, cents);
      events.emplace_back(id, paid(cents));
    } else {
      world.model_.closed(id);
      events.emplace_back(id, closed());
    }
  }
  world.append(std::move(events));
}

TYPED_TEST(LiveQueries, AClientThatIsCaughtUpHoldsExactlyTheRowsOfItsPosition) {
  using Client = Wanderer<std::remove_reference_t<decltype(*this)>>;
  std::atomic<std::uint64_t> last = 0;
  LiveRows<LedgerRow> rich = this->all();
  rich.keeps = [](const LedgerRow& row) { return row.cents() > 0; };
  const std::vector<LiveRows<LedgerRow>> kinds{
      this->all(),
      this->of("ann"),
      this->of("anna"),
      this->of("bob"),
      rich,
      {this->ledger_->table(), "by_cents", "", Order::kBackward},
      {this->ledger_->table(), "by_owner", Key().prefix_of_text("an")}};
  std::vector<std::unique_ptr<Client>> clients;
  for (const auto& kind : kinds) {
    clients.push_back(std::make_unique<Client>(
        Client{*this, kind, std::mt19937(static_cast<std::uint32_t>(clients.size())), last}));
  }
  std::vector<std::thread> threads;
  for (const auto& client : clients) threads.emplace_back([&client] { client->run(); });

  std::mt19937 random(7);
  for (int round = 1; round <= 300; ++round) {
    write_at_random(*this, random);
    if (round % 100 == 0) {
      EXPECT_TRUE(this->tables_.rebuild(kTable, {}));
    }
    if (random() % 4 == 0) this->wait_until_applied();
  }
  // Known before it is told: whoever is told of it leaves.
  last = this->head() + 1;
  this->pay("account0", 1);
  for (std::thread& thread : threads) thread.join();
  for (const auto& client : clients) {
    EXPECT_EQ(bytes_of(client->client.rows), bytes_of(this->model_.at(this->head(), client->of)));
    EXPECT_GT(client->visits, 3);
    EXPECT_GE(client->client.resets, 1u);
  }
}

// Nobody is too slow on a busy machine.
LiveLimits patient() {
  LiveLimits limits;
  limits.patience = std::chrono::hours(1);
  limits.pace = {};
  return limits;
}

// One client on a thread of its own.
template <typename World>
class Follower {
 public:
  Follower(World& world, LiveRows<LedgerRow> of, LiveLimits limits = patient())
      : world_(world), of_(of), watch_(world.tables_, std::move(of), stream_, limits) {
    outcome_ = std::async(std::launch::async, [this] { return watch_.run(""); });
  }

  // Until it was told of the log's end.
  LedgerClient wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return seen_.is_caught_up && seen_.position == world_.head(); });
    return seen_;
  }
  ClientStream& stream() { return stream_; }
  Result<void> end() { return outcome_.get(); }
  void expect_exact() {
    const LedgerClient client = wait();
    EXPECT_EQ(bytes_of(client.rows), bytes_of(world_.model_.at(client.position, of_)));
  }

 private:
  bool note() {
    const std::lock_guard lock(mutex_);
    seen_ = client_;
    changed_.notify_all();
    return true;
  }

  World& world_;
  const LiveRows<LedgerRow> of_;
  LedgerClient client_;  // the watch's thread's
  std::mutex mutex_;
  std::condition_variable changed_;
  LedgerClient seen_;
  ClientStream stream_{client_, [this] { return note(); }};
  LedgerWatch watch_;
  std::future<Result<void>> outcome_;
};

TYPED_TEST(LiveQueries, OfManyChangesASlowClientIsToldTheLastOnly) {
  this->pay("a", 1);
  this->wait_until_applied();
  Follower follower(*this, this->all());
  const LedgerClient before = follower.wait();
  follower.stream().set_reads(false);
  for (int i = 0; i < 50; ++i) this->pay("a", 20);
  this->wait_until_applied();
  follower.stream().set_reads(true);
  const LedgerClient after = follower.wait();
  EXPECT_EQ(after.resets, 1u) << "the first result alone";
  // What was on its way, and what was read when it read again.
  EXPECT_LE(after.messages, before.messages + 3);
  follower.expect_exact();
  follower.stream().leave();
  EXPECT_TRUE(follower.end());
}

TYPED_TEST(LiveQueries, AClientThatFallsTooFarBehindIsToldToBeginAnew) {
  this->pay("a", 1);
  this->wait_until_applied();
  Follower slow(*this, this->all());
  Follower quick(*this, this->of("nobody"));
  slow.wait();
  slow.stream().set_reads(false);
  // What the table keeps of its changes is less than this.
  for (std::size_t bytes = 0; bytes <= TableChanges::kMostBytes; bytes += 100 * 800) {
    this->rename("a", 100, 400);
  }
  this->wait_until_applied();
  slow.stream().set_reads(true);
  EXPECT_EQ(slow.wait().resets, 2u);
  slow.expect_exact();
  for (auto* stream : {&slow.stream(), &quick.stream()}) stream->leave();
  EXPECT_TRUE(slow.end());
  EXPECT_TRUE(quick.end());
}

TYPED_TEST(LiveQueries, AClientThatTakesNothingIsEndedAndToldHowToGoOn) {
  this->pay("a", 1);
  this->wait_until_applied();
  LiveLimits limits;
  limits.patience = std::chrono::milliseconds(20);
  Follower follower(*this, this->all(), limits);
  follower.wait();
  follower.stream().set_reads(false);
  this->pay("a", 1);
  const Result<void> ended = follower.end();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::kResourceExhausted);
  EXPECT_NE(ended.error().message.find("resume"), std::string::npos) << ended.error().message;
}

TYPED_TEST(LiveQueries, ARebuiltTableIsToldAnew) {
  this->pay("a", 3);
  this->wait_until_applied();
  Follower follower(*this, this->all());
  EXPECT_EQ(follower.wait().resets, 1u);
  ASSERT_TRUE(this->tables_.rebuild(kTable, {}));
  this->pay("b", 1);
  follower.expect_exact();
  EXPECT_EQ(follower.wait().resets, 2u);
  follower.stream().leave();
  EXPECT_TRUE(follower.end());
}

TYPED_TEST(LiveQueries, EndWhenTheTablesStop) {
  this->pay("a", 1);
  Follower follower(*this, this->all());
  follower.wait();
  this->tables_.stop();
  const Result<void> ended = follower.end();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::kUnavailable);
}

TYPED_TEST(LiveQueries, EndAtTheirDeadline) {
  LedgerClient client;
  ClientStream stream(client, [] { return true; });
  LedgerWatch watch(this->tables_, this->all(), stream);
  const auto ended =
      watch.run("", std::chrono::steady_clock::now() + std::chrono::milliseconds(20));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::kDeadlineExceeded);
}

TYPED_TEST(LiveQueries, ATokenThatIsNoneIsRefused) {
  LedgerClient client;
  ClientStream stream(client, [] { return true; });
  LedgerWatch watch(this->tables_, this->all(), stream);
  const auto ended = watch.run("yesterday");
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::kInvalidArgument);
  EXPECT_EQ(client.messages, 0u);
}

}  // namespace
}  // namespace mt::test
