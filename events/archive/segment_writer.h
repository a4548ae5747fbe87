// SegmentWriter: writes a segment's file from a part of a log. One thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "events/archive/archive_file.h"
#include "events/archive/archive_writer.h"
#include "events/crypto/blake2b.h"
#include "events/segment.h"

namespace mt {

class SegmentWriter final : public LogReceiver {
 public:
  // A file in the folder, whose name is that of the segment once it is finished.
  static Result<std::unique_ptr<SegmentWriter>> make(const std::filesystem::path& folder);

  Result<void> begin(const LogBegin& log) override;
  Result<void> take(const CommitRecord& record, std::string_view stored) override;
  Result<void> end(const LogEnd& log) override;
  // Returns after the file is on the disk, under its name, and the seal beside it.
  Result<void> finish() override;

  std::uint64_t bytes() const { return writer_.place(); }
  // Once it is finished.
  const Segment& segment() const { return segment_; }

 private:
  SegmentWriter(std::filesystem::path folder, NewArchiveFile file);

  const std::filesystem::path folder_;
  NewArchiveFile file_;
  Blake2b256 hash_;
  ArchiveWriter writer_;
  Segment segment_;
  Hash reached_{};  // of the chain, up to the last record that was taken
  std::string index_;
  std::uint64_t block_ = 0;  // the place of the last one that is in the index
};

// "<hex>  <name>\n", as `b2sum -l 256` writes and checks it: the file beside a segment's, with the
// ending ".b2sum". For people; the log's own catalogue is what counts.
std::string seal_text(const Segment& segment);

}  // namespace mt
