#include "events/archive/archive_writer.h"

#include <utility>

#include "events/archive/archive_format.h"
#include "events/byte_order.h"
#include "events/record_codec.h"

namespace mt {
namespace {

constexpr std::size_t kPieceBytes = 256 << 10;

std::string_view view(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace

ArchiveWriter::ArchiveWriter(ByteSink sink) : sink_(std::move(sink)), bytes_(kArchiveMark) {}

Result<void> ArchiveWriter::begin(const LogBegin& log) {
  add(kBeginFrame, u64_bytes(log.first.value) + std::string(view(log.previous)), log.module.value);
  ++logs_;
  return {};
}

Result<void> ArchiveWriter::take(const CommitRecord& record, std::string_view stored) {
  add(kRecordFrame, u64_bytes(record.first.value), stored);
  return bytes_.size() < kPieceBytes ? Result<void>() : flush();
}

Result<void> ArchiveWriter::end(const LogEnd& log) {
  add(kEndFrame, u64_bytes(log.end.position.value) + u64_bytes(log.records), view(log.end.hash));
  return {};
}

Result<void> ArchiveWriter::finish() {
  MT_CHECK_OK(flush());
  std::string payload;
  append_u32(payload, logs_);
  append_u32(payload, crc_);
  add(kCompleteFrame, payload);
  return flush();
}

void ArchiveWriter::add(char kind, std::string_view head, std::string_view rest) {
  bytes_ += kind;
  append_u32(bytes_, static_cast<std::uint32_t>(head.size() + rest.size()));
  bytes_ += head;
  bytes_ += rest;
}

Result<void> ArchiveWriter::flush() {
  crc_ = crc32c(bytes_, crc_);
  MT_CHECK_OK(sink_(bytes_));
  given_ += bytes_.size();
  bytes_.clear();
  return {};
}

}  // namespace mt
