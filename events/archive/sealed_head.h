// SealedHead: the beginning of a module's log, read from its sealed files. A file is opened when
// something in it is asked for; a few stay open. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "events/archive/segment_file.h"

namespace mt {

class SealedHead {
 public:
  // `segments`: one at least, from the log's first event on, without a gap.
  SealedHead(std::filesystem::path folder, std::vector<Segment> segments);

  const std::filesystem::path& folder() const { return folder_; }
  const std::vector<Segment>& segments() const { return segments_; }
  Position last() const { return segments_.back().last; }
  // Of the chain, at the end of it.
  const Hash& hash() const { return segments_.back().hash; }

  // Of the chain at `position`, where a file ends; none elsewhere.
  std::optional<Hash> hash_at(Position position) const;

  // From the record that holds `from`, at most last(), on to last().
  Result<Scan> scan(Position from, const StoredVisitor& visit) const;
  Result<CommitRecord> at(Position position) const;
  // 0: no record begins there, or it cannot be read.
  std::uint64_t stored_bytes(Position first) const;

 private:
  using FilePtr = std::shared_ptr<const SegmentFile>;
  std::size_t index_of(Position position) const;
  Result<FilePtr> file(std::size_t index) const;

  const std::filesystem::path folder_;
  const std::vector<Segment> segments_;
  mutable std::mutex mutex_;
  mutable std::list<std::pair<std::size_t, FilePtr>> open_;  // the last one that was used first
};

// Whether the segments are one behind the other from a log's first event on. DATA_LOSS names the
// gap.
Result<void> check_row(const ModuleName& module, const std::vector<Segment>& segments);

}  // namespace mt
