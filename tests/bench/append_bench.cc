#include <atomic>
#include <chrono>
#include <semaphore>
#include <string>

#include "events/lmdb/lmdb_log.h"
#include "events/writer.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/disk_flush.h"

namespace mt::bench {
namespace {

using Clock = std::chrono::steady_clock;

const ModuleName kModule{"bench"};
constexpr std::size_t kPayloadBytes = 256;
constexpr std::ptrdiff_t kMostWaiting = 10'000;

// Every commit is the first of its stream and up to date, so that nothing is measured but the
// writer and the log.
class NewStreams final : public Derived {
 public:
  explicit NewStreams(const EventLog& log) : log_(log) {}

  std::unique_ptr<DerivedView> view() const override { return std::make_unique<View>(log_); }

 private:
  class View final : public DerivedView {
   public:
    explicit View(const EventLog& log) : log_(log) {}

    Position applied(const ModuleName& module) const override { return log_.head(module); }
    Version stream_version(const ModuleName&, const StreamId&) const override { return {}; }
    std::vector<Position> stream_records(const ModuleName&, const StreamId&,
                                         Version) const override {
      return {};
    }
    std::optional<Position> command(const ModuleName&, const CommandId&) const override {
      return std::nullopt;
    }
    std::optional<HeldClaim> held_claim(const ModuleName&, const Claim&) const override {
      return std::nullopt;
    }
    void visit_claims(const ModuleName&, const std::string&, std::string_view,
                      const ClaimVisitor&) const override {}
    std::optional<TaggedEvent> next_tagged(const ModuleName&, const std::string&,
                                           Position) const override {
      return std::nullopt;
    }
    std::optional<StoredSnapshot> snapshot(const ModuleName&, const StreamId&) const override {
      return std::nullopt;
    }
    void visit_snapshots(const ModuleName&, std::string_view,
                         const SnapshotVisitor&) const override {}

   private:
    const EventLog& log_;
  };

  const EventLog& log_;
};

struct Burst {
  std::ptrdiff_t waiting = 1;  // commits that wait for their flush at once
  std::size_t events = 1;      // in each
};

struct Written {
  double seconds = 0;
  std::uint64_t events = 0;
};

Commit commit_of(std::uint64_t number, std::size_t events) {
  Commit commit;
  commit.stream = {"entry", std::to_string(number)};
  commit.command.id = {"c" + commit.stream.id};
  commit.origin = {"operator", "", commit.command.id.value, ""};
  const std::string payload(kPayloadBytes, static_cast<char>('a' + number % 26));
  commit.events.assign(events, {"EntryMade", 1, payload});
  return commit;
}

class Appending {
 public:
  explicit Appending(const std::filesystem::path& folder)
      : log_(must(LmdbLog::open_environment(folder))), derived_(*log_) {
    must(log_->open(kModule));
    writer_ = std::make_unique<LogWriter>(*log_, derived_, clock_, [] {});
  }

  EventLog& log() { return *log_; }

  Written run(const Burst& burst, std::chrono::milliseconds duration) {
    std::counting_semaphore<kMostWaiting> room(burst.waiting);
    std::atomic<std::uint64_t> refused = 0;
    const std::uint64_t before = log_->head(kModule).value;
    const auto begin = Clock::now();
    while (Clock::now() - begin < duration) {
      room.acquire();
      writer_->append(kModule, commit_of(number_++, burst.events),
                      [&](const Result<Appended>& appended) {
                        if (!appended) ++refused;
                        room.release();
                      });
    }
    for (std::ptrdiff_t i = 0; i < burst.waiting; ++i) room.acquire();
    const std::chrono::duration<double> took = Clock::now() - begin;
    must(refused == 0, "no commit is refused");
    return {took.count(), log_->head(kModule).value - before};
  }

 private:
  SystemClock clock_;
  std::unique_ptr<LmdbLog> log_;
  NewStreams derived_;
  std::unique_ptr<LogWriter> writer_;
  std::uint64_t number_ = 1;
};

void report_burst(Appending& appending, const Burst& burst, double flushes_per_second,
                  std::chrono::milliseconds duration, Report& report) {
  const Written written = appending.run(burst, duration);
  const double rate = static_cast<double>(written.events) / written.seconds;
  const std::string each =
      burst.events == 1 ? "1 event each" : std::to_string(burst.events) + " events each";
  report.add({"append",
              std::to_string(burst.waiting) + " commits waiting, " + each + ", D2",
              {{"", rate, "events/s"}, {"", rate / flushes_per_second, "events a flush's time"}}});
}

void report_reading(const EventLog& log, std::uint64_t head, Report& report) {
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  const auto begin = Clock::now();
  must(log.scan(kModule, {1}, [&](const CommitRecord& record) {
    must(record.first.value == events + 1, "positions have no gap");
    events += record.commit.events.size();
    for (const StoredEvent& event : record.commit.events) bytes += event.payload.size();
    return Scan::kGoOn;
  }));
  const std::chrono::duration<double> took = Clock::now() - begin;
  must(events == head && bytes == events * kPayloadBytes, "the log holds what was written");
  report.add({"append",
              "reading them, each checked",
              {{"", static_cast<double>(events) / took.count(), "events/s"}}});
}

}  // namespace

void append(World& world, Report& report) {
  const auto folder = world.settings().folder;
  const auto flush = measure_disk_flush(folder, world.quick() ? 50 : 2000);
  const double flushes = 1e9 / static_cast<double>(flush.count());
  report.add(
      {"append", "the disk: 4 KiB and fdatasync", {milliseconds("", flush), per_second(flushes)}});
  Appending appending(folder / "append");
  const std::chrono::milliseconds duration(world.quick() ? 100 : 3000);
  for (const Burst& burst :
       {Burst{1, 1}, Burst{16, 1}, Burst{128, 1}, Burst{1000, 1}, Burst{1, 100}, Burst{16, 100}})
    report_burst(appending, burst, flushes, duration, report);
  report_reading(appending.log(), appending.log().head(kModule).value, report);
}

}  // namespace mt::bench
