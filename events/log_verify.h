// Reading a module's log from its first record to its end, with the checks of every read: checksum,
// chain of hashes, positions without a gap. What has been read so far can be held against anchors:
// places of the chain that were written down elsewhere before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/event_log.h"
#include "events/log_meter.h"

namespace mt {

// The chain's hash after the commit that ends at `position`. It stands for every byte of the
// module's log up to there; position 0 and the zero hash: an empty log.
struct Anchor {
  ModuleName module;
  Position position;
  Hash hash{};
  auto operator<=>(const Anchor&) const = default;
};

struct VerifiedLog {
  Anchor end;  // where the log was found sound up to
  std::uint64_t commits = 0;
  double seconds = 0;
  std::string fault;  // why it is not sound beyond `end`, or not the log of an anchor; empty: it is
};

// Up to the head at the time of the call. `anchors` of other modules are left aside.
Result<VerifiedLog> verify_log(const EventLog& log, const ModuleName& module,
                               std::vector<Anchor> anchors, const OnLogProgress& progress);

// 64 hex digits in lower case, as to_hex writes them.
std::optional<Hash> hash_from_hex(std::string_view text);

// The end of the module's log now. DATA_LOSS when its last record does not hold.
Result<Anchor> anchor_of(const EventLog& log, const ModuleName& module);

}  // namespace mt
