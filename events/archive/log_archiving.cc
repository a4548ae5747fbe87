#include "events/archive/log_archiving.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "events/archive/log_export.h"
#include "events/archive/segment_file.h"
#include "events/archive/segment_writer.h"
#include "events/log_archive.h"

namespace mt {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

// A file is read again in about a second, and a damaged one is not too much at once.
constexpr std::uint64_t kSegmentBytes = std::uint64_t{256} << 20;

Error keeps_no_files() { return failed_precondition("this log keeps no sealed files"); }

// Times never go back in a log: the last position of the commits before the one that is not older.
Result<Position> last_before(const EventLog& log, const ModuleName& module, Position from,
                             Position head, Time time) {
  Position before = from;
  Position last = head;
  while (before < last) {
    const Position middle{before.value + (last.value - before.value + 1) / 2};
    MT_TRY(const CommitRecord record, log.at(module, middle));
    if (record.time < time) {
      before = record.last();
    } else {
      last = {record.first.value - 1};
    }
  }
  return std::min(before, last);
}

// The end of the last commit that ends at `position` at most, and is not the log's last one.
Result<Position> whole_commits(const EventLog& log, const ModuleName& module, Position position,
                               Position head) {
  if (position.value == 0 || head.value == 0) return Position{};
  MT_TRY(const CommitRecord newest, log.at(module, head));
  position = std::min(position, Position{newest.first.value - 1});
  if (position.value == 0) return position;
  MT_TRY(const CommitRecord record, log.at(module, position));
  return record.last() == position ? position : Position{record.first.value - 1};
}

// One run: its state, and what it tells.
class Archiving {
 public:
  Archiving(EventLog& log, LogArchive& archive, ArchivePlan plan, const OnArchive& progress,
            const ArchivePace& pace)
      : log_(log), archive_(archive), progress_(progress), pace_(pace) {
    report_.plan = std::move(plan);
  }

  Result<ArchiveReport> run() {
    const auto start = SteadyClock::now();
    const ArchivePlan& plan = report_.plan;
    // What an earlier run has not come to.
    if (plan.is_unfinished()) {
      for (const Segment& segment : archive_.segments(plan.module)) {
        if (segment.last >= plan.held) MT_CHECK_OK(check(segment));
      }
      MT_CHECK_OK(remove_from_log(plan.archived));
    }
    if (plan.events() > 0) remove_left_files();
    for (Position done = plan.archived; done < plan.last;) {
      MT_TRY(const Segment segment, seal(done));
      MT_CHECK_OK(check(segment));
      MT_CHECK_OK(archive_.add(segment));
      report_.made.push_back(segment);
      MT_CHECK_OK(remove_from_log(segment.last));
      done = segment.last;
    }
    report_.seconds = std::chrono::duration<double>(SteadyClock::now() - start).count();
    return std::move(report_);
  }

 private:
  // Writes the next file, from behind `done` on.
  Result<Segment> seal(Position done) {
    const ArchivePlan& plan = report_.plan;
    MT_TRY(const auto writer, SegmentWriter::make(archive_.folder(plan.module)));
    MT_TRY(const CommitRecord next, first_behind(done));
    Hash previous{};
    if (done.value > 0) {
      MT_TRY(const CommitRecord before, log_.at(plan.module, done));
      previous = before.hash;
    }
    MT_CHECK_OK(writer->begin({plan.module, next.first, previous}));
    Anchor reached{plan.module, done, previous};
    const OnLogProgress tell = telling("sealing");
    LogMeter meter(plan.module, done, plan.last, tell);
    Result<void> taken;
    bool cancelled = false;
    MT_CHECK_OK(log_.scan_stored(
        plan.module, next.first, [&](const CommitRecord& record, std::string_view stored) {
          if (record.last() > plan.last) return Scan::kStop;
          taken = writer->take(record, stored);
          reached = {plan.module, record.last(), record.hash};
          cancelled = !meter.at(record.last());
          const bool more = taken && !cancelled && writer->bytes() < kSegmentBytes;
          return more ? Scan::kGoOn : Scan::kStop;
        }));
    MT_CHECK_OK(std::move(taken));
    if (cancelled) return ended();
    MT_CHECK_OK(writer->end({reached, writer->segment().commits}));
    MT_CHECK_OK(writer->finish());
    return writer->segment();
  }

  Result<CommitRecord> first_behind(Position done) {
    return log_.at(report_.plan.module, done + 1);
  }

  // Reads the file again: its bytes, and each record by its index.
  Result<void> check(const Segment& segment) {
    const fs::path folder = archive_.folder(segment.module);
    MT_CHECK_OK(check_seal(folder, segment));
    MT_TRY(const SegmentFile file, SegmentFile::open(folder, segment));
    const OnLogProgress tell = telling("checking");
    LogMeter meter(segment.module, {segment.first.value - 1}, segment.last, tell);
    MT_TRY(const Scan went,
           file.scan(segment.first, [&](const CommitRecord& record, std::string_view) {
             return meter.at(record.last()) ? Scan::kGoOn : Scan::kStop;
           }));
    if (went == Scan::kStop) return ended();
    return {};
  }

  Result<void> remove_from_log(Position last) {
    const ModuleName& module = report_.plan.module;
    MT_TRY(const Position from, archive_.held_from(module));
    const OnLogProgress tell = telling("removing");
    LogMeter meter(module, {from.value - 1}, last, tell);
    for (;;) {
      const auto start = SteadyClock::now();
      MT_TRY(const std::uint64_t dropped, archive_.drop_some(module));
      if (dropped == 0) return {};
      report_.removed += dropped;
      MT_TRY(const Position held, archive_.held_from(module));
      if (!meter.at({std::min(held.value - 1, last.value)})) return ended();
      if (pace_) pace_(SteadyClock::now() - start);
    }
  }

  // Those of a run that was cut off before the catalogue knew of its file: the log still holds all
  // that is in them. What cannot be removed is written over, or stays as it is.
  void remove_left_files() {
    std::set<std::string> known;
    for (const Segment& segment : archive_.segments(report_.plan.module)) {
      known.insert(file_name(segment));
      known.insert(file_name(segment) + ".b2sum");
    }
    std::error_code ignored;
    std::vector<fs::path> left;
    for (fs::directory_iterator each(archive_.folder(report_.plan.module), ignored), end;
         !ignored && each != end; each.increment(ignored)) {
      const std::string name = each->path().filename().string();
      if (is_ours(name) && !known.contains(name)) left.push_back(each->path());
    }
    for (const fs::path& path : left) fs::remove(path, ignored);
  }

  // Of a file that begins behind what is archived.
  bool is_ours(const std::string& name) const {
    if (name.ends_with(".part")) return true;
    return name.size() > 20 && name[20] == '-' && name.find(".mtlogs") != std::string::npos &&
           name.substr(0, 20) > file_name({{}, report_.plan.archived, {}}).substr(0, 20);
  }

  OnLogProgress telling(const char* doing) {
    return [this, doing](const LogProgress& log) { return !progress_ || progress_({doing, log}); };
  }
  Error ended() const {
    return {Code::kCancelled, "the archiving of " + report_.plan.module.value + "'s log was " +
                                  "cancelled; the next run goes on"};
  }

  EventLog& log_;
  LogArchive& archive_;
  const OnArchive& progress_;
  const ArchivePace& pace_;
  ArchiveReport report_;
};

}  // namespace

void rest_as_long(std::chrono::nanoseconds worked) {
  std::this_thread::sleep_for(std::clamp<std::chrono::nanoseconds>(
      worked, std::chrono::milliseconds(1), std::chrono::milliseconds(100)));
}

Result<ArchivePlan> plan_archive(const EventLog& log, const ModuleName& module,
                                 const ArchiveWishes& wishes) {
  if (!wishes.before && !wishes.older_than && wishes.keep == 0) {
    return invalid_argument(
        "nothing says what is to be archived: name a position or a time, or how many events stay");
  }
  const LogArchive* archive = log.archive();
  if (archive == nullptr) return keeps_no_files();
  if (!std::ranges::count(log.modules(), module)) {
    return not_found("there is no log of a module '" + module.value + "'");
  }
  ArchivePlan plan;
  plan.module = module;
  plan.head = log.head(module);
  const std::vector<Segment> segments = archive->segments(module);
  if (!segments.empty()) plan.archived = segments.back().last;
  MT_TRY(plan.held, archive->held_from(module));
  std::uint64_t last = plan.head.value - std::min(plan.head.value, wishes.keep);
  if (wishes.before) last = std::min(last, std::max<std::uint64_t>(wishes.before->value, 1) - 1);
  if (wishes.older_than && last > plan.archived.value) {
    MT_TRY(const Position older,
           last_before(log, module, plan.archived, {last}, *wishes.older_than));
    last = older.value;
  }
  plan.last = {last};
  if (last > plan.archived.value) {
    MT_TRY(plan.last, whole_commits(log, module, plan.last, plan.head));
  }
  return plan;
}

Result<ArchiveReport> archive_log(EventLog& log, const ModuleName& module,
                                  const ArchiveWishes& wishes, const OnArchive& progress,
                                  const ArchivePace& pace) {
  MT_TRY(ArchivePlan plan, plan_archive(log, module, wishes));
  return Archiving(log, *log.archive(), std::move(plan), progress, pace).run();
}

}  // namespace mt
