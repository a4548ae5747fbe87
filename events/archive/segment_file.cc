#include "events/archive/segment_file.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "events/archive/archive_format.h"
#include "events/byte_order.h"
#include "events/crypto/blake2b.h"
#include "events/record_codec.h"

namespace mt {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAdvice =
    "; put back a sound copy of that file, from another copy of the "
    "data folder or from a backup that is restored elsewhere";

Hash hash_in(std::string_view bytes) {
  Hash hash;
  std::copy_n(bytes.data(), hash.size(), reinterpret_cast<char*>(hash.data()));
  return hash;
}

std::string held_by(const Segment& segment) {
  return ", which holds positions " + std::to_string(segment.first.value) + " to " +
         std::to_string(segment.last.value) + " of " + segment.module.value + "'s log";
}

// Errors of the file itself, with what is lost by them.
Error about(const Segment& segment, Error error) {
  if (error.code == Code::kDataLoss) error.message += held_by(segment) + kAdvice;
  return error;
}

Result<ArchiveFile> open_file(const fs::path& folder, const Segment& segment) {
  auto file = ArchiveFile::open(folder / file_name(segment));
  if (!file) return about(segment, file.error());
  if (file->size() != segment.bytes) {
    return about(segment, data_loss("the file " + file->path().string() + " has " +
                                    std::to_string(file->size()) + " bytes, not the " +
                                    std::to_string(segment.bytes) + " that were sealed"));
  }
  return file;
}

}  // namespace

Result<void> check_size(const fs::path& folder, const Segment& segment) {
  MT_TRY(const ArchiveFile file, open_file(folder, segment));
  return {};
}

Result<void> check_seal(const fs::path& folder, const Segment& segment, const OnBytes& progress) {
  MT_TRY(const ArchiveFile file, open_file(folder, segment));
  constexpr std::uint64_t kPiece = 1 << 20;
  Blake2b256 hash;
  for (std::uint64_t at = 0; at < file.size();) {
    const std::uint64_t size = std::min(kPiece, file.size() - at);
    auto piece = file.read(at, size);
    if (!piece) return about(segment, piece.error());
    hash.add(*piece);
    at += size;
    if (progress && !progress(size)) return Error{Code::kCancelled, "it was cancelled"};
  }
  if (hash.finish() == segment.file_hash) return {};
  return about(segment, data_loss("the file " + file.path().string() +
                                  " is damaged: its bytes are not those that were sealed"));
}

Error SegmentFile::damaged(const std::string& why) const {
  return about(segment_, data_loss("the file " + file_.path().string() + " is damaged: " + why));
}

Result<SegmentFile> SegmentFile::open(const fs::path& folder, const Segment& segment) {
  MT_TRY(ArchiveFile file, open_file(folder, segment));
  SegmentFile opened(std::move(file), segment);
  MT_CHECK_OK(opened.read_index());
  return opened;
}

Result<void> SegmentFile::read_index() {
  const Error broken = damaged("its index does not hold");
  const std::uint64_t least = kFrameHead + kIndexEntry + kIndexTail + kCompleteBytes + kEndBytes;
  if (file_.size() < least) return broken;
  const std::uint64_t index_end = file_.size() - kCompleteBytes;
  MT_TRY(const std::string tail, file_.read(index_end - kIndexTail, kIndexTail));
  const std::uint64_t frame = read_u64(tail);
  const std::uint64_t begin = frame + kFrameHead;
  if (frame < kEndBytes || frame > index_end || begin + kIndexTail > index_end ||
      index_end - begin > kLongestFrame || (index_end - begin - kIndexTail) % kIndexEntry != 0) {
    return broken;
  }
  MT_TRY(const std::string index, file_.read(begin, index_end - begin));
  const std::string_view summed = std::string_view(index).substr(0, index.size() - 4);
  if (crc32c(summed) != read_u32(std::string_view(index).substr(summed.size()))) return broken;
  end_ = frame - kEndBytes;
  for (std::string_view rest = summed.substr(0, summed.size() - 8); !rest.empty();
       rest.remove_prefix(kIndexEntry)) {
    blocks_.push_back({{read_u64(rest)}, read_u64(rest.substr(8)), hash_in(rest.substr(16))});
    const Block& block = blocks_.back();
    const bool in_order = blocks_.size() == 1 || std::prev(blocks_.end(), 2)->place < block.place;
    if (!in_order || block.place >= end_) return broken;
  }
  if (blocks_.empty() || blocks_[0].first != segment_.first) return broken;
  return {};
}

Result<Scan> SegmentFile::scan(Position from, const StoredVisitor& visit) const {
  const auto beyond = std::ranges::upper_bound(blocks_, from, {}, &Block::first);
  std::size_t block = static_cast<std::size_t>(beyond - blocks_.begin());
  if (block > 0) --block;
  for (; block < blocks_.size(); ++block) {
    MT_TRY(const Scan next, scan_block(block, from, visit));
    if (next == Scan::kStop) return next;
  }
  return Scan::kGoOn;
}

Result<Scan> SegmentFile::scan_block(std::size_t block, Position from,
                                     const StoredVisitor& visit) const {
  const bool is_last = block + 1 == blocks_.size();
  const std::uint64_t place = blocks_[block].place;
  const std::uint64_t end = is_last ? end_ : blocks_[block + 1].place;
  MT_TRY(const std::string bytes, file_.read(place, end - place));
  Position next = blocks_[block].first;
  Hash previous = blocks_[block].previous;
  CommitRecord record;
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::string at = "at position " + std::to_string(next.value);
    const std::size_t size = rest.size() < kFrameHead ? 0 : read_u32(rest.substr(1));
    if (size < 8 || rest[0] != kRecordFrame || rest.size() - kFrameHead < size ||
        read_u64(rest.substr(kFrameHead)) != next.value) {
      return damaged(at + " there is no record");
    }
    const std::string_view stored = rest.substr(kFrameHead + 8, size - 8);
    const auto decoded = decode_record(segment_.module, next, stored, previous, record);
    if (!decoded) return damaged(at + ": " + without_advice(decoded.error().message));
    if (record.last() >= from && visit(record, stored) == Scan::kStop) return Scan::kStop;
    next = record.last() + 1;
    previous = record.hash;
    rest.remove_prefix(kFrameHead + size);
  }
  const Position expected = is_last ? segment_.last + 1 : blocks_[block + 1].first;
  const Hash& reached = is_last ? segment_.hash : blocks_[block + 1].previous;
  if (next != expected || previous != reached)
    return damaged("its blocks do not follow each other");
  return Scan::kGoOn;
}

}  // namespace mt
