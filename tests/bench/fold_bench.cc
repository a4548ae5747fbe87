// A million generated events in a table of a row a stream, folded by the engine alone: no edge, no
// container. How fast a rebuild folds, and how long whoever appends or asks waits for it meanwhile.
#include <algorithm>
#include <atomic>
#include <chrono>
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

// The newest event of each stream is its row.
class Newest final : public ProjectionOf<Event> {
 public:
  Table<Place>& table() override { return rows_; }
  using ProjectionOf::apply;
  void apply(const Event& event, const EventMeta&, KvWriter& kv) override {
    rows_.put(kv, event.registered());
  }

 private:
  Table<Place> rows_{"bench_newest", [](const Place& row) { return row.name(); }};
};

class Engine {
 public:
  explicit Engine(const std::filesystem::path& folder)
      : log_(must(LmdbLog::open_environment(folder / "events", {}))),
        kv_(must(LmdbKv::open_environment(folder / "tables", {.may_undo_last = true}))),
        derived_(*kv_),
        newest_(std::make_shared<Newest>()),
        tables_(*kv_, *log_, derived_, {{kModule, nullptr, {newest_}}}) {
    must(log_->open(kModule));
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

// Rebuilds while one thread asks and another appends, and takes the longest that each waited.
void report_waits(Engine& engine, Report& report) {
  std::atomic<bool> done = false;
  double longest_query = 0;
  double longest_append = 0;
  std::thread asker([&] {
    while (!done) {
      const auto start = Clock::now();
      must(engine.rows() == kStreams, "no query finds the table empty");
      longest_query = std::max(longest_query, seconds_since(start));
    }
  });
  std::thread appender([&] {
    while (!done) {
      const auto start = Clock::now();
      engine.append(10);
      engine.settle();
      longest_append = std::max(longest_append, seconds_since(start));
    }
  });
  must(engine.tables().rebuild("bench_newest", {}));
  done = true;
  asker.join();
  appender.join();
  const Figure query = {"longest query", longest_query * 1e3, "ms"};
  report.add({"fold",
              "meanwhile",
              {query, {"longest append until its rows are there", longest_append * 1e3, "ms"}},
              below(10, query)});
}

}  // namespace

void fold(World& world, Report& report) {
  Engine engine(world.settings().folder / "fold");
  const std::uint64_t events = world.quick() ? 20'000 : 1'000'000;
  while (engine.size() < events) engine.append(kBatchEvents);
  engine.settle();
  std::vector<double> taken;
  for (int round = 0; round < (world.quick() ? 1 : 5); ++round) {
    const FoldReport rebuilt = must(engine.tables().rebuild("bench_newest", {}));
    must(rebuilt.position.value == events && rebuilt.rows == kStreams, "all was folded");
    taken.push_back(rebuilt.seconds);
  }
  const Figure took = seconds("", median(taken));
  const Figure rate = per_second(static_cast<double>(events) / took.value);
  const std::string work = std::to_string(events) + " events, a row a stream";
  Row row{"fold", work, {took, rate}};
  if (!world.quick()) row.bar = at_least(kEventsPerSecond, rate);
  report.add(row);
  report_waits(engine, report);
}

}  // namespace mt::bench
