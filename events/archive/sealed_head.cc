#include "events/archive/sealed_head.h"

#include <algorithm>

#include "events/base/check.h"

namespace mt {
namespace {

constexpr std::size_t kOpenFiles = 8;

}  // namespace

Result<void> check_row(const ModuleName& module, const std::vector<Segment>& segments) {
  Position next{1};
  Hash hash{};
  for (const Segment& segment : segments) {
    if (segment.first != next || segment.last < segment.first || segment.previous != hash) {
      return data_loss("the catalogue of " + module.value +
                       "'s sealed files has a gap at position " + std::to_string(next.value) +
                       "; restore the events folder from a backup");
    }
    next = segment.last + 1;
    hash = segment.hash;
  }
  return {};
}

SealedHead::SealedHead(std::filesystem::path folder, std::vector<Segment> segments)
    : folder_(std::move(folder)), segments_(std::move(segments)) {
  check(!segments_.empty(), "a sealed head has a file");
}

std::size_t SealedHead::index_of(Position position) const {
  const auto found = std::ranges::lower_bound(segments_, position, {}, &Segment::last);
  check(found != segments_.end(), "a position of the sealed head is asked for");
  return static_cast<std::size_t>(found - segments_.begin());
}

std::optional<Hash> SealedHead::hash_at(Position position) const {
  const auto found = std::ranges::lower_bound(segments_, position, {}, &Segment::last);
  if (found == segments_.end() || found->last != position) return std::nullopt;
  return found->hash;
}

Result<SealedHead::FilePtr> SealedHead::file(std::size_t index) const {
  {
    const std::lock_guard lock(mutex_);
    for (auto each = open_.begin(); each != open_.end(); ++each) {
      if (each->first != index) continue;
      open_.splice(open_.begin(), open_, each);
      return open_.front().second;
    }
  }
  MT_TRY(SegmentFile opened, SegmentFile::open(folder_, segments_[index]));
  auto file = std::make_shared<const SegmentFile>(std::move(opened));
  const std::lock_guard lock(mutex_);
  open_.emplace_front(index, file);
  if (open_.size() > kOpenFiles) open_.pop_back();
  return FilePtr(file);
}

Result<Scan> SealedHead::scan(Position from, const StoredVisitor& visit) const {
  for (std::size_t index = index_of(from); index < segments_.size(); ++index) {
    MT_TRY(const FilePtr opened, file(index));
    MT_TRY(const Scan next, opened->scan(std::max(from, segments_[index].first), visit));
    if (next == Scan::kStop) return next;
  }
  return Scan::kGoOn;
}

Result<CommitRecord> SealedHead::at(Position position) const {
  MT_TRY(const FilePtr opened, file(index_of(position)));
  std::optional<CommitRecord> found;
  MT_TRY(const Scan ignored,
         opened->scan(position, [&found](const CommitRecord& record, std::string_view) {
           found = record;
           return Scan::kStop;
         }));
  (void)ignored;
  check(found.has_value(), "a segment's records go up to its end");
  return *std::move(found);
}

std::uint64_t SealedHead::stored_bytes(Position first) const {
  const auto opened = file(index_of(first));
  if (!opened) return 0;
  std::uint64_t bytes = 0;
  const auto scanned =
      (*opened)->scan(first, [&](const CommitRecord& record, std::string_view stored) {
        if (record.first == first) bytes = stored.size();
        return Scan::kStop;
      });
  return scanned ? bytes : 0;
}

}  // namespace mt
