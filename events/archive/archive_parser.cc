#include "events/archive/archive_parser.h"

#include <algorithm>

#include "events/archive/archive_format.h"
#include "events/byte_order.h"
#include "events/record_codec.h"

namespace mt {
namespace {

Error damaged_frame() { return data_loss("a part of the archive is damaged"); }

Hash hash_in(std::string_view bytes) {
  Hash hash;
  std::copy_n(bytes.data(), hash.size(), reinterpret_cast<char*>(hash.data()));
  return hash;
}

}  // namespace

Result<void> ArchiveParser::feed(std::string_view bytes) {
  const bool continues = !waiting_.empty();
  if (continues) {
    waiting_ += bytes;
    bytes = waiting_;
  }
  for (;;) {
    const auto read = read_one(bytes);
    if (!read) {
      Error error = read.error();
      if (error.code == Code::kDataLoss)
        error.message = "byte " + std::to_string(offset_) + ": " + error.message;
      return error;
    }
    if (!*read) break;
  }
  waiting_ = std::string(bytes);
  return {};
}

Result<void> ArchiveParser::finish() {
  if (logs_.is_finished() && !waiting_.empty())
    return data_loss("something follows the archive's end");
  return logs_.stop();
}

Result<bool> ArchiveParser::read_one(std::string_view& bytes) {
  std::size_t size = kArchiveMark.size();
  if (offset_ == 0) {
    const std::string_view mark = bytes.substr(0, size);
    if (!kArchiveMark.starts_with(mark.substr(0, size - 1)))
      return data_loss("this is no archive of logs");
    if (mark.size() < size) return false;
    if (mark != kArchiveMark)
      return data_loss("the archive is of a format that this version of the program does not know");
  } else {
    if (bytes.size() < kFrameHead) return false;
    const std::size_t length = read_u32(bytes.substr(1));
    if (length > kLongestFrame) return damaged_frame();
    size = kFrameHead + length;
    if (bytes.size() < size) return false;
    MT_CHECK_OK(read_frame(bytes[0], bytes.substr(kFrameHead, length)));
  }
  crc_ = crc32c(bytes.substr(0, size), crc_);
  offset_ += size;
  bytes.remove_prefix(size);
  return true;
}

Result<void> ArchiveParser::read_frame(char kind, std::string_view payload) {
  switch (kind) {
    case kBeginFrame:
      return read_begin(payload);
    case kRecordFrame:
      if (payload.size() < 8) return damaged_frame();
      return logs_.take({read_u64(payload)}, payload.substr(8));
    case kEndFrame:
      return read_end(payload);
    case kIndexFrame:  // for those who look up single records
      return logs_.expect_open(false);
    case kCompleteFrame:
      return read_complete(payload);
    default:
      return damaged_frame();
  }
}

Result<void> ArchiveParser::read_begin(std::string_view payload) {
  if (payload.size() < 8 + kHashBytes) return damaged_frame();
  return logs_.begin({{std::string(payload.substr(8 + kHashBytes))},
                      {read_u64(payload)},
                      hash_in(payload.substr(8))});
}

Result<void> ArchiveParser::read_end(std::string_view payload) {
  if (payload.size() != 16 + kHashBytes) return damaged_frame();
  return logs_.end({{logs_.reached().module, {read_u64(payload)}, hash_in(payload.substr(16))},
                    read_u64(payload.substr(8))});
}

Result<void> ArchiveParser::read_complete(std::string_view payload) {
  if (payload.size() != 8) return damaged_frame();
  if (read_u32(payload.substr(4)) != crc_) return data_loss("the archive's checksum does not hold");
  return logs_.finish(read_u32(payload));
}

}  // namespace mt
