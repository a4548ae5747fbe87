// Moving the cold head of a log into sealed files. At any moment each record is in the environment,
// or in a file that is whole, flushed, read again and in the catalogue, or in both; so a process
// that is killed loses nothing, and the next run goes on where that one was.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "events/event_log.h"
#include "events/log_meter.h"
#include "events/segment.h"

namespace mt {

// What is cold: commits that all of these allow. One of the first two is given, or `keep`.
struct ArchiveWishes {
  std::optional<Position> before;  // they end before this position
  std::optional<Time> older_than;  // they are from before this time
  std::uint64_t keep = 0;          // the last events stay, this many at least
};

struct ArchivePlan {
  ModuleName module;
  Position archived;  // up to here the files hold the log already
  Position held;      // the first position that the environment holds
  Position last;      // of what is to be archived; at or before `archived`: nothing is
  Position head;

  std::uint64_t events() const { return last > archived ? last.value - archived.value : 0; }
  // Records that an earlier run has put into files and not removed yet.
  bool is_unfinished() const { return held <= archived; }
};

struct ArchiveProgress {
  std::string doing;  // sealing, checking, removing
  LogProgress log;
};
using OnArchive = std::function<bool(const ArchiveProgress&)>;  // false: CANCELLED

struct ArchiveReport {
  ArchivePlan plan;
  std::vector<Segment> made;
  std::uint64_t removed = 0;  // commits, from the environment
  double seconds = 0;
};

// Called between two transactions with how long the last one took, so that others come to theirs.
using ArchivePace = std::function<void(std::chrono::nanoseconds)>;
void rest_as_long(std::chrono::nanoseconds worked);

// INVALID_ARGUMENT when nothing is wished for; NOT_FOUND for a module without a log here;
// FAILED_PRECONDITION when the log keeps no files.
Result<ArchivePlan> plan_archive(const EventLog& log, const ModuleName& module,
                                 const ArchiveWishes& wishes);

// One run at a time. When it fails, the log is whole: nothing was removed that no sealed file
// holds.
Result<ArchiveReport> archive_log(EventLog& log, const ModuleName& module,
                                  const ArchiveWishes& wishes, const OnArchive& progress = {},
                                  const ArchivePace& pace = rest_as_long);

}  // namespace mt
