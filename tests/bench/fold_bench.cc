// A million generated events in a table of a row a stream, folded by the engine alone: no edge, no
// container. How fast a rebuild folds, a verify compares and a new version is built, and how long
// whoever appends or asks waits meanwhile.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "events/derived_store.h"
#include "events/lmdb/lmdb_kv.h"
#include "events/lmdb/lmdb_log.h"
#include "projections/live_tables.h"
#include "projections/table.h"
#include "projections/table_upgrades.h"
#include "sys/timespace/v1/storage.pb.h"
#include "tests/bench/benchmarks.h"

namespace mt::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Event = ::sys::timespace::v1::PlaceEvent;
using Place = ::sys::timespace::v1::PlaceRegistered;

const ModuleName kModule{"bench"};
constexpr std::uint64_t kStreams = 10'000;
constexpr std::uint64_t kBatchEvents = 10'000;
constexpr double kEventsPerSecond = 1'000'000;
constexpr const char* kTable = "bench_newest";
constexpr double kLongestWait = 10;  // ms

// The newest event of each stream is its row.
class Newest final : public ProjectionOf<Event> {
 public:
  explicit Newest(std::uint32_t version) : version_(version) {}
  Table<Place>& table() override { return rows_; }
  std::uint32_t version() const override { return version_; }
  using ProjectionOf::apply;
  void apply(const Event& event, const EventMeta&, KvWriter& kv) override {
    rows_.put(kv, event.registered());
  }

 private:
  const std::uint32_t version_;
  Table<Place> rows_{kTable, [](const Place& row) { return row.name(); }};
};

class Engine {
 public:
  // Of a program with that version of the table, and those before it.
  Engine(const std::filesystem::path& folder, std::uint32_t version)
      : log_(must(LmdbLog::open_environment(folder / "events", {}))),
        kv_(must(LmdbKv::open_environment(folder / "tables", {.may_undo_last = true}))),
        derived_(*kv_),
        newest_(std::make_shared<Newest>(version)),
        tables_(*kv_, *log_, derived_, {module()}) {
    must(log_->open(kModule));
    made_ = size();
    must(tables_.open({}));
    tables_.start();
  }

  LiveTables& tables() { return tables_; }
  std::uint64_t size() const { return log_->head(kModule).value; }

  void append(std::uint64_t count) {
    std::vector<CommitRecord> records(count);
    std::vector<LogAppend> batch;
    for (CommitRecord& record : records) {
      fill(record, ++made_);
      batch.push_back({kModule, &record});
    }
    must(log_->append(batch));
    tables_.wake();
  }
  // Until the tables hold all that was appended.
  void settle() {
    std::promise<bool> reached;
    tables_.when_applied(kModule, log_->head(kModule), [&](bool is) { reached.set_value(is); });
    must(reached.get_future().get(), "the tables follow the log");
  }
  std::uint64_t rows() {
    return must(tables_.read([&](const KvReader& kv) { return newest_->table().size(kv); }));
  }

 private:
  TableModule module() const {
    TableModule module{kModule, nullptr, {newest_}};
    for (std::uint32_t earlier = 1; earlier < newest_->version(); ++earlier) {
      module.earlier.push_back(std::make_shared<Newest>(earlier));
    }
    return module;
  }
  void fill(CommitRecord& record, std::uint64_t number) const {
    const std::string stream = std::to_string(number % kStreams);
    record.first = {number};
    record.commit.stream = {"entry", stream};
    record.commit.expected = {(number - 1) / kStreams};
    record.commit.command.id = {std::to_string(number)};
    Event event;
    event.mutable_registered()->set_name(stream);
    event.mutable_registered()->set_population(number);
    record.commit.events = {encode_event(event)};
  }

  std::unique_ptr<LmdbLog> log_;
  std::unique_ptr<LmdbKv> kv_;
  DerivedStore derived_;
  std::shared_ptr<Newest> newest_;
  LiveTables tables_;
  std::uint64_t made_ = 0;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// How long somebody had to wait, at most, in seconds.
struct Waits {
  double query = 0;
  double append = 0;  // until its rows are there
};

// While that is done, one thread asks and another appends.
Waits waits_during(Engine& engine, const std::function<void()>& work) {
  std::atomic<bool> done = false;
  Waits longest;
  std::thread asker([&] {
    while (!done) {
      const auto start = Clock::now();
      must(engine.rows() == kStreams, "no query finds the table empty");
      longest.query = std::max(longest.query, seconds_since(start));
    }
  });
  std::thread appender([&] {
    while (!done) {
      const auto start = Clock::now();
      engine.append(10);
      engine.settle();
      longest.append = std::max(longest.append, seconds_since(start));
    }
  });
  work();
  done = true;
  asker.join();
  appender.join();
  return longest;
}

void report_waits(const std::string& during, const Waits& waits, bool has_bar, Report& report) {
  const Figure query = {"longest query", waits.query * 1e3, "ms"};
  const Figure append = {"longest append until its rows are there", waits.append * 1e3, "ms"};
  Row row{"fold", "meanwhile, during " + during, {query, append}};
  if (has_bar) row.bar = below(kLongestWait, query);
  report.add(row);
}

std::string work_of(std::uint64_t events) {
  return std::to_string(events) + " events, a row a stream";
}

// A rebuild, and a verify.
void fold_again(Engine& engine, std::uint64_t events, bool quick, Report& report) {
  std::vector<double> taken;
  for (int round = 0; round < (quick ? 1 : 5); ++round) {
    const FoldReport rebuilt = must(engine.tables().rebuild(kTable, {}));
    must(rebuilt.position.value == events && rebuilt.rows == kStreams, "all was folded");
    taken.push_back(rebuilt.seconds);
  }
  const Figure took = seconds("", median(taken));
  const Figure rate = per_second(static_cast<double>(events) / took.value);
  Row row{"fold", work_of(events), {took, rate}};
  if (!quick) row.bar = at_least(kEventsPerSecond, rate);
  report.add(row);
  const FoldReport verified = must(engine.tables().verify(kTable, {}));
  must(verified.equal, "the table is what the log says");
  report.add({"fold", "verify of that table", {seconds("", verified.seconds)}});
  const Waits waits = waits_during(engine, [&] { must(engine.tables().rebuild(kTable, {})); });
  report_waits("a rebuild", waits, !quick, report);
}

// To a version that says the same.
void upgrade(Engine& engine, bool quick, Report& report) {
  UpgradeReport upgraded;
  double took = 0;
  const Waits waits = waits_during(engine, [&] {
    const auto start = Clock::now();
    upgraded = must(engine.tables().upgrades().upgrade(kTable, {}, {}, {}));
    took = seconds_since(start);
  });
  must(upgraded.is_serving && upgraded.rows == kStreams, "the new version serves");
  const Figure cut_over = {"cut-over", upgraded.cut_over_seconds * 1e3, "ms"};
  report.add(
      {"fold", "a new version: plan, build, compare, cut over", {seconds("", took), cut_over}});
  report_waits("that", waits, !quick, report);
}

}  // namespace

void fold(World& world, Report& report) {
  const std::filesystem::path folder = world.settings().folder / "fold";
  const std::uint64_t events = world.quick() ? 20'000 : 1'000'000;
  {
    Engine engine(folder, 1);
    while (engine.size() < events) engine.append(kBatchEvents);
    engine.settle();
    fold_again(engine, events, world.quick(), report);
  }
  Engine next(folder, 2);
  upgrade(next, world.quick(), report);
}

}  // namespace mt::bench
