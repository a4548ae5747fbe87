// SortedEntries: keys and values in the order of the keys, packed into blocks of some kilobytes. A
// table that is folded in memory takes little more room than its bytes do, where a tree with a node
// an entry takes three times as much, and is several times slower to fill and to free.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mt {

class SortedEntries {
 public:
  struct Entry {
    std::string_view key;
    std::string_view value;
  };
  // Where an entry is. Places and views are valid until the next change.
  struct Place {
    std::size_t block = 0;
    std::size_t entry = 0;
  };

  std::size_t size() const { return size_; }
  // That the blocks hold, with those of entries that were erased or replaced.
  std::size_t bytes() const;
  std::optional<std::string_view> find(std::string_view key) const;

  // Of the first entry whose key is not less than `key`.
  Place lower_bound(std::string_view key) const;
  Place begin() const { return {}; }
  Place end() const { return {blocks_.size(), 0}; }
  bool is_begin(Place place) const { return place.block == 0 && place.entry == 0; }
  bool is_end(Place place) const { return place.block == blocks_.size(); }
  Place next(Place place) const;
  Place previous(Place place) const;
  Entry at(Place place) const { return blocks_[place.block].at(place.entry); }

  void put(std::string_view key, std::string_view value);
  bool erase(std::string_view key);

 private:
  // Never empty. Its entries lie behind one another in the order in which they came; `order_` says
  // where each begins, in the order of the keys.
  class Block {
   public:
    Block();
    std::size_t count() const { return order_.size(); }
    std::size_t bytes() const { return bytes_.size(); }
    // Whether the block's first key stands before `key` or is it; `lead` is lead_of(key).
    bool begins_at_or_before(std::string_view key, std::uint64_t lead) const {
      return lead_ == lead ? at(0).key <= key : lead_ < lead;
    }
    Entry at(std::size_t entry) const;
    std::size_t lower_bound(std::string_view key) const;
    bool has_room_for(std::size_t bytes) const;
    bool is_wasteful() const { return wasted_ * 3 > bytes_.size(); }

    void insert(std::size_t entry, std::string_view key, std::string_view value);
    void replace(std::size_t entry, std::string_view key, std::string_view value);
    void erase(std::size_t entry);
    // A copy of the entries from `from` on and before `to`, without what was wasted.
    Block part(std::size_t from, std::size_t to) const;

   private:
    std::uint32_t add(std::string_view key, std::string_view value);

    std::string bytes_;
    std::vector<std::uint32_t> order_;
    std::uint64_t lead_ = 0;  // of the first key: a search among blocks seldom reads more
    std::size_t wasted_ = 0;  // bytes of entries that were erased or replaced
  };

  // The first eight bytes of a key, as a number that orders like them.
  static std::uint64_t lead_of(std::string_view key);
  std::size_t block_of(std::string_view key) const;
  // A block more, behind all others.
  void begin_block(std::string_view key, std::string_view value);
  void make_room_in(std::size_t block);

  std::vector<Block> blocks_;
  std::size_t size_ = 0;
};

}  // namespace mt
