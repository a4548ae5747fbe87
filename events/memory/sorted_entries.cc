#include "events/memory/sorted_entries.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mt {
namespace {

constexpr std::size_t kBlockBytes = 8 << 10;

// What stands before an entry's key.
struct Sizes {
  std::uint32_t key;
  std::uint32_t value;
};

std::size_t stored_size(const SortedEntries::Entry& entry) {
  return sizeof(Sizes) + entry.key.size() + entry.value.size();
}

}  // namespace

SortedEntries::Block::Block() { bytes_.reserve(kBlockBytes); }

SortedEntries::Entry SortedEntries::Block::at(std::size_t entry) const {
  const char* const start = bytes_.data() + order_[entry];
  Sizes sizes;
  std::memcpy(&sizes, start, sizeof sizes);
  const char* const key = start + sizeof sizes;
  return {{key, sizes.key}, {key + sizes.key, sizes.value}};
}

std::size_t SortedEntries::Block::lower_bound(std::string_view key) const {
  std::size_t from = 0;
  for (std::size_t left = count(); left > 0;) {
    const std::size_t half = left / 2;
    if (at(from + half).key < key) {
      from += half + 1;
      left -= half + 1;
    } else {
      left = half;
    }
  }
  return from;
}

// One entry always has room, however large it is, but not for all that stood in its place before.
bool SortedEntries::Block::has_room_for(std::size_t bytes) const {
  return (count() < 2 && wasted_ == 0) || bytes_.size() + bytes <= kBlockBytes;
}

std::uint32_t SortedEntries::Block::add(std::string_view key, std::string_view value) {
  const std::size_t start = bytes_.size();
  const std::size_t needed = start + sizeof(Sizes) + key.size() + value.size();
  std::string before;  // lives until the end: `value` may lie in it
  if (bytes_.capacity() < needed) {
    before.swap(bytes_);
    bytes_.reserve(std::max(needed, kBlockBytes));
    bytes_.append(before);
  }
  const Sizes sizes{static_cast<std::uint32_t>(key.size()),
                    static_cast<std::uint32_t>(value.size())};
  bytes_.append(reinterpret_cast<const char*>(&sizes), sizeof sizes);
  bytes_.append(key).append(value);
  return static_cast<std::uint32_t>(start);
}

void SortedEntries::Block::insert(std::size_t entry, std::string_view key, std::string_view value) {
  const std::uint32_t start = add(key, value);
  order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(entry), start);
  if (entry == 0) lead_ = lead_of(at(0).key);
}

void SortedEntries::Block::replace(std::size_t entry, std::string_view key,
                                   std::string_view value) {
  const Entry old = at(entry);
  if (old.value.size() == value.size()) {
    if (!value.empty()) {
      std::memmove(const_cast<char*>(old.value.data()), value.data(), value.size());
    }
    return;
  }
  wasted_ += stored_size(old);
  order_[entry] = add(key, value);
}

void SortedEntries::Block::erase(std::size_t entry) {
  wasted_ += stored_size(at(entry));
  order_.erase(order_.begin() + static_cast<std::ptrdiff_t>(entry));
  if (entry == 0 && !order_.empty()) lead_ = lead_of(at(0).key);
}

SortedEntries::Block SortedEntries::Block::part(std::size_t from, std::size_t to) const {
  Block made;
  for (std::size_t entry = from; entry < to; ++entry) {
    const auto [key, value] = at(entry);
    made.insert(entry - from, key, value);
  }
  return made;
}

std::uint64_t SortedEntries::lead_of(std::string_view key) {
  std::uint64_t lead = 0;
  for (std::size_t i = 0; i < sizeof lead; ++i) {
    lead = lead << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0u);
  }
  return lead;
}

// The last block that begins at or before `key`, else the first.
std::size_t SortedEntries::block_of(std::string_view key) const {
  const std::uint64_t lead = lead_of(key);
  const auto after = std::partition_point(blocks_.begin(), blocks_.end(), [&](const Block& block) {
    return block.begins_at_or_before(key, lead);
  });
  return after == blocks_.begin() ? 0 : static_cast<std::size_t>(after - blocks_.begin()) - 1;
}

std::size_t SortedEntries::bytes() const {
  std::size_t bytes = 0;
  for (const Block& block : blocks_) bytes += block.bytes();
  return bytes;
}

std::optional<std::string_view> SortedEntries::find(std::string_view key) const {
  const Place place = lower_bound(key);
  if (is_end(place) || at(place).key != key) return std::nullopt;
  return at(place).value;
}

SortedEntries::Place SortedEntries::lower_bound(std::string_view key) const {
  if (blocks_.empty()) return end();
  const std::size_t block = block_of(key);
  const std::size_t entry = blocks_[block].lower_bound(key);
  if (entry == blocks_[block].count()) return {block + 1, 0};
  return {block, entry};
}

SortedEntries::Place SortedEntries::next(Place place) const {
  if (place.entry + 1 < blocks_[place.block].count()) return {place.block, place.entry + 1};
  return {place.block + 1, 0};
}

SortedEntries::Place SortedEntries::previous(Place place) const {
  if (place.entry > 0) return {place.block, place.entry - 1};
  return {place.block - 1, blocks_[place.block - 1].count() - 1};
}

void SortedEntries::put(std::string_view key, std::string_view value) {
  if (blocks_.empty()) return begin_block(key, value);
  const std::size_t at = block_of(key);
  Block& block = blocks_[at];
  const std::size_t entry = block.lower_bound(key);
  const bool is_there = entry < block.count() && block.at(entry).key == key;
  const bool has_room = block.has_room_for(stored_size({key, value})) ||
                        (is_there && block.at(entry).value.size() == value.size());
  if (is_there && has_room) return block.replace(entry, key, value);
  if (has_room) {
    ++size_;
    return block.insert(entry, key, value);
  }
  // Keys that come in their order fill their blocks.
  if (at + 1 == blocks_.size() && entry == block.count()) return begin_block(key, value);
  // Copied first, since they may lie in the block that is about to be parted.
  const std::string same_key(key), same_value(value);
  make_room_in(at);
  put(same_key, same_value);
}

void SortedEntries::begin_block(std::string_view key, std::string_view value) {
  blocks_.emplace_back().insert(0, key, value);
  ++size_;
}

void SortedEntries::make_room_in(std::size_t at) {
  const Block& block = blocks_[at];
  if (block.is_wasteful() || block.count() < 2) {
    blocks_[at] = block.part(0, block.count());
    return;
  }
  const std::size_t middle = block.count() / 2;
  Block left = block.part(0, middle);
  Block right = block.part(middle, block.count());
  blocks_[at] = std::move(left);
  blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(right));
}

bool SortedEntries::erase(std::string_view key) {
  const Place place = lower_bound(key);
  if (is_end(place) || at(place).key != key) return false;
  Block& block = blocks_[place.block];
  block.erase(place.entry);
  --size_;
  if (block.count() == 0) {
    blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(place.block));
  }
  return true;
}

}  // namespace mt
