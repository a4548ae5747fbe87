// The pages of an LMDB 0.9 data file as they lie on the disk of a 64-bit machine, read without LMDB
// and without trust: nothing here looks beyond the bytes that it is given. Numbers are the
// machine's own, as LMDB writes them.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace mt::lmdb_format {

inline constexpr std::size_t kPageHeader = 16;
inline constexpr std::size_t kNodeHeader = 8;
inline constexpr std::size_t kTreeBytes = 48;
inline constexpr std::size_t kMetaBytes = kPageHeader + 136;
inline constexpr std::uint32_t kMagic = 0xBEEFC0DE;
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::uint64_t kNoPage = ~std::uint64_t{0};  // the root of an empty tree

enum PageKind : std::uint16_t { kBranch = 1, kLeaf = 2, kOverflow = 4, kMeta = 8 };
enum NodeFlag : std::uint16_t { kBigData = 1, kSubTree = 2 };

template <typename Number>
Number number_at(std::string_view bytes, std::size_t offset) {
  Number number{};
  if (offset + sizeof number <= bytes.size()) {
    std::memcpy(&number, bytes.data() + offset, sizeof number);
  }
  return number;
}

// What is written of a tree: in a meta page, or as the value of a named database.
struct Tree {
  std::uint32_t page_bytes;  // of the free list's tree in a meta page only
  std::uint16_t flags;
  std::uint16_t depth;
  std::uint64_t branch_pages, leaf_pages, overflow_pages, entries, root;

  static Tree at(std::string_view bytes, std::size_t offset) {
    const auto long_at = [&](std::size_t i) {
      return number_at<std::uint64_t>(bytes, offset + 8 + 8 * i);
    };
    return {number_at<std::uint32_t>(bytes, offset),
            number_at<std::uint16_t>(bytes, offset + 4),
            number_at<std::uint16_t>(bytes, offset + 6),
            long_at(0),
            long_at(1),
            long_at(2),
            long_at(3),
            long_at(4)};
  }
};

struct Meta {
  std::uint32_t magic, version;
  Tree free_list, main;
  std::uint64_t last_page, txn;

  static Meta of(std::string_view page) {
    return {number_at<std::uint32_t>(page, 16),
            number_at<std::uint32_t>(page, 20),
            Tree::at(page, 40),
            Tree::at(page, 88),
            number_at<std::uint64_t>(page, 136),
            number_at<std::uint64_t>(page, 144)};
  }
};

// One page, whole.
struct Page {
  std::string_view bytes;

  std::uint64_t number() const { return number_at<std::uint64_t>(bytes, 0); }
  std::uint16_t flags() const { return number_at<std::uint16_t>(bytes, 10); }
  std::size_t lower() const { return number_at<std::uint16_t>(bytes, 12); }
  std::size_t upper() const { return number_at<std::uint16_t>(bytes, 14); }
  std::uint32_t overflow_pages() const { return number_at<std::uint32_t>(bytes, 12); }
  std::size_t nodes() const { return (lower() - kPageHeader) / 2; }
  std::size_t node_offset(std::size_t i) const {
    return number_at<std::uint16_t>(bytes, kPageHeader + 2 * i);
  }
};

// One node of a branch or leaf page, at an offset at which its header fits into the page.
struct Node {
  std::string_view page;
  std::size_t offset;

  std::uint16_t flags() const { return number_at<std::uint16_t>(page, offset + 4); }
  std::size_t key_bytes() const { return number_at<std::uint16_t>(page, offset + 6); }
  std::uint32_t data_bytes() const { return number_at<std::uint32_t>(page, offset); }
  std::uint64_t child() const { return data_bytes() | std::uint64_t{flags()} << 32; }
  // Of a leaf's node: what follows the key in the page itself.
  std::size_t data_here() const { return (flags() & kBigData) ? 8 : data_bytes(); }
  std::string_view key() const { return page.substr(offset + kNodeHeader, key_bytes()); }
  std::string_view data() const {
    return page.substr(offset + kNodeHeader + key_bytes(), data_here());
  }
};

}  // namespace mt::lmdb_format
