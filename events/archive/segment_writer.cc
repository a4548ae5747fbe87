#include "events/archive/segment_writer.h"

#include <utility>

#include "events/byte_order.h"
#include "events/record_codec.h"

namespace mt {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUnnamed = "next.mtlogs";

std::string_view view(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace

std::string seal_text(const Segment& segment) {
  return to_hex(segment.file_hash) + "  " + file_name(segment) + "\n";
}

Result<std::unique_ptr<SegmentWriter>> SegmentWriter::make(const fs::path& folder) {
  MT_CHECK_OK(make_archive_folder(folder));
  MT_TRY(NewArchiveFile file, NewArchiveFile::make(folder / kUnnamed));
  return std::unique_ptr<SegmentWriter>(new SegmentWriter(folder, std::move(file)));
}

SegmentWriter::SegmentWriter(fs::path folder, NewArchiveFile file)
    : folder_(std::move(folder)), file_(std::move(file)), writer_([this](std::string_view bytes) {
        hash_.add(bytes);
        return file_.write(bytes);
      }) {}

Result<void> SegmentWriter::begin(const LogBegin& log) {
  segment_.module = log.module;
  segment_.first = log.first;
  segment_.previous = reached_ = log.previous;
  return writer_.begin(log);
}

Result<void> SegmentWriter::take(const CommitRecord& record, std::string_view stored) {
  const std::uint64_t place = writer_.place();
  if (index_.empty() || place - block_ >= kBlockBytes) {
    append_u64(index_, record.first.value);
    append_u64(index_, place);
    index_ += view(reached_);
    block_ = place;
  }
  reached_ = record.hash;
  if (segment_.commits == 0) segment_.begins = record.time;
  segment_.ends = record.time;
  ++segment_.commits;
  return writer_.take(record, stored);
}

Result<void> SegmentWriter::end(const LogEnd& log) {
  segment_.last = log.end.position;
  segment_.hash = log.end.hash;
  return writer_.end(log);
}

Result<void> SegmentWriter::finish() {
  append_u64(index_, writer_.place());
  append_u32(index_, crc32c(index_));
  writer_.add_index(index_);
  MT_CHECK_OK(writer_.finish());
  segment_.bytes = writer_.place();
  segment_.file_hash = hash_.finish();
  const fs::path name = folder_ / file_name(segment_);
  // The seal first: where the file is, it is too.
  MT_TRY(NewArchiveFile seal, NewArchiveFile::make(name.string() + ".b2sum"));
  MT_CHECK_OK(seal.write(seal_text(segment_)));
  MT_CHECK_OK(seal.complete());
  return file_.complete_as(name);
}

}  // namespace mt
