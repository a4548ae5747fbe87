// LogArchive: the sealed files of the logs' cold heads, as a port of the log that they belong to.
// Whoever reads that log reads them without knowing; this is for those who make them, list them and
// check them. docs/adr/0016-cold-heads-in-sealed-files.md tells why.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "events/segment.h"

namespace mt {

class LogArchive {
 public:
  virtual ~LogArchive() = default;

  // Where the module's files are.
  virtual std::filesystem::path folder(const ModuleName& module) const = 0;
  // Those in the catalogue, from the log's first event on, without a gap.
  virtual std::vector<Segment> segments(const ModuleName& module) const = 0;
  // Whether the file is there, and its bytes are those that were sealed. DATA_LOSS names it.
  virtual Result<void> check_file(const Segment& segment) const = 0;
  // The first position whose record the environment holds; beyond the head when it holds none.
  virtual Result<Position> held_from(const ModuleName& module) const = 0;

  // One thread at a time; the writer may append meanwhile.
  //
  // Puts a file that is whole and on the disk into the catalogue: from now on it is what is read.
  // It follows the one before. FAILED_PRECONDITION when it does not, or holds the log's last
  // commit, which stays.
  virtual Result<void> add(const Segment& segment) = 0;
  // Removes from the environment, in one short transaction, the first records that the files hold.
  // Returns how many; 0: there are no more.
  virtual Result<std::uint64_t> drop_some(const ModuleName& module) = 0;
};

}  // namespace mt
