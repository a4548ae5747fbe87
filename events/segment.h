// Segment: a sealed file of the cold head of a module's log, as the log's own catalogue names it.
// What the file holds the log's environment need not hold any more. The file is an archive of one
// log (events/archive/archive_format.h) with an index; nothing changes it. docs/DATA.md tells the
// bytes of both.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/base/clock.h"
#include "events/base/ids.h"
#include "events/base/result.h"

namespace mt {

struct Segment {
  ModuleName module;
  Position first;  // of whole commits
  Position last;
  std::uint64_t commits = 0;
  Time begins{};            // of the first commit
  Time ends{};              // of the last one
  Hash previous{};          // of the chain before it
  Hash hash{};              // of the chain at its end
  std::uint64_t bytes = 0;  // of the file
  Hash file_hash{};         // BLAKE2b-256 of all of them

  std::uint64_t events() const { return last.value - first.value + 1; }
  bool operator==(const Segment&) const = default;
};

// "00000000000000000001-00000000000000067500.mtlogs"
std::string file_name(const Segment& segment);

// A segment as an entry of the catalogue: by module and first position, with a checksum.
std::string catalogue_key(const ModuleName& module, Position first);
std::string catalogue_value(const Segment& segment);
// DATA_LOSS when it is not as it was written.
Result<Segment> segment_of(std::string_view key, std::string_view value);

}  // namespace mt
