// SegmentFile: reads the records of a segment from its file, all in a row or single ones. Each is
// checked as one of the log's environment is: checksum and chain. Errors are DATA_LOSS, and name
// the file and, where it is known, the position. Any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "events/archive/archive_file.h"
#include "events/event_log.h"
#include "events/segment.h"

namespace mt {

class SegmentFile {
 public:
  // Reads the index, and nothing of the records.
  static Result<SegmentFile> open(const std::filesystem::path& folder, const Segment& segment);

  // From the record that holds `from`, which is the segment's, to its end.
  Result<Scan> scan(Position from, const StoredVisitor& visit) const;

 private:
  struct Block {
    Position first;
    std::uint64_t place;
    Hash previous;
  };

  SegmentFile(ArchiveFile file, Segment segment)
      : file_(std::move(file)), segment_(std::move(segment)) {}
  Result<void> read_index();
  Result<Scan> scan_block(std::size_t block, Position from, const StoredVisitor& visit) const;
  Error damaged(const std::string& why) const;

  ArchiveFile file_;
  Segment segment_;
  std::vector<Block> blocks_;
  std::uint64_t end_ = 0;  // of the records
};

// Told after each piece of a file that was read. False ends the work with CANCELLED.
using OnBytes = std::function<bool(std::uint64_t bytes)>;

// Whether the file is there and of the segment's size: all that a start looks at.
Result<void> check_size(const std::filesystem::path& folder, const Segment& segment);
// Whether its bytes are those that were sealed. DATA_LOSS names the file.
Result<void> check_seal(const std::filesystem::path& folder, const Segment& segment,
                        const OnBytes& progress = {});

}  // namespace mt
