// Keys as bytes whose order is the order of their parts: texts bytewise, numbers by value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mt {

// What a key keeps of a text that it only sorts by, unless it is told otherwise.
inline constexpr std::size_t kSortTextBytes = 120;

// Key().text(country).sort_text(name).u64(position).bytes()
class Key {
 public:
  // Whole and exact; may contain any byte. Use for what must be found again.
  Key& text(std::string_view part);
  // For ordering only: at most `max_bytes` of it, cut at a code point. Long names stay within
  // LMDB's key size; the primary key behind an index key keeps it unique.
  Key& sort_text(std::string_view part, std::size_t max_bytes = kSortTextBytes);
  Key& u64(std::uint64_t part);
  Key& i64(std::int64_t part);
  Key& f64(double part);  // not NaN

  const std::string& bytes() const { return bytes_; }
  operator std::string() const { return bytes_; }
  operator std::string_view() const { return bytes_; }

  // The bytes with which every key begins whose next text begins with `part`.
  std::string prefix_of_text(std::string_view part) const;
  std::string prefix_of_sort_text(std::string_view part,
                                  std::size_t max_bytes = kSortTextBytes) const;

 private:
  std::string bytes_;
};

}  // namespace mt
