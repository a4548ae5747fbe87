// Compaction: making the file of an environment as small as what it holds, while it is read and
// written to. LMDB never gives back what was freed; it only uses it again.
#pragma once

#include <cstdint>
#include <functional>

#include "events/base/result.h"

namespace mt {

struct CompactionProgress {
  std::uint64_t entries = 0;  // copied
  std::uint64_t all = 0;      // about as many as there are
  double entries_per_second = 0;
  double seconds_left = 0;
};
// Ten times a second at most. False ends the work with CANCELLED.
using OnCompaction = std::function<bool(const CompactionProgress&)>;

struct CompactionReport {
  std::uint64_t bytes_before = 0;  // of the file
  std::uint64_t bytes_after = 0;
  std::uint64_t entries = 0;  // copied
  std::uint64_t changes = 0;  // made meanwhile, and made to the copy too
  double seconds = 0;
  double writes_blocked_ms = 0;  // reads never are
};

class Compactable {
 public:
  virtual ~Compactable() = default;

  // From any thread, which it occupies. When it fails, all is as it was: RESOURCE_EXHAUSTED without
  // room for the copy; ABORTED when so much is written meanwhile that the copy falls behind;
  // FAILED_PRECONDITION when it is being compacted already. A process that is killed on the way
  // leaves either the old file or the new one, whole.
  virtual Result<CompactionReport> compact(const OnCompaction& progress) = 0;
};

}  // namespace mt
