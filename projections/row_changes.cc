#include "projections/row_changes.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace mt {
namespace {

void append_number(std::string& bytes, std::size_t number) {
  const auto value = static_cast<std::uint32_t>(number);
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes.append(raw, sizeof value);
}

void append_text(std::string& bytes, std::string_view text) {
  append_number(bytes, text.size());
  bytes.append(text);
}

// Takes apart what RowChanges has packed.
class Unpacked {
 public:
  explicit Unpacked(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }
  std::size_t number() {
    std::uint32_t value = 0;
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  std::string_view text() {
    const std::size_t size = number();
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }

 private:
  std::string_view rest_;
};

// A row is not in an index for which it has no key.
bool is_in(const RowRange& range, std::string_view index_key) {
  return !index_key.empty() && index_key.starts_with(range.prefix);
}

std::string_view key_at(const std::vector<std::string>& keys, std::size_t index) {
  return index < keys.size() ? std::string_view(keys[index]) : std::string_view();
}

}  // namespace

void RowChanges::add(std::string_view key, const std::vector<std::string>& was,
                     const std::vector<std::string>& is) {
  append_text(bytes_, key);
  const std::size_t indexes = std::max(was.size(), is.size());
  append_number(bytes_, indexes);
  for (std::size_t i = 0; i < indexes; ++i) {
    const std::string_view before = key_at(was, i);
    const std::string_view now = key_at(is, i);
    append_text(bytes_, before == now ? std::string_view() : before);
    append_text(bytes_, now);
  }
}

void RowChanges::visit(const RowRange& range,
                       const std::function<Scan(std::string_view)>& visitor) const {
  for (Unpacked rows(bytes_); !rows.at_end();) {
    const std::string_view key = rows.text();
    bool matches = range.store == 0 && key.starts_with(range.prefix);
    const std::size_t indexes = rows.number();
    for (std::size_t store = 1; store <= indexes; ++store) {
      const std::string_view before = rows.text();
      const std::string_view now = rows.text();
      if (store == range.store) matches = is_in(range, before) || is_in(range, now);
    }
    if (matches && visitor(key) == Scan::kStop) return;
  }
}

bool RowChanges::touches(const RowRange& range) const {
  bool found = false;
  visit(range, [&](std::string_view) {
    found = true;
    return Scan::kStop;
  });
  return found;
}

}  // namespace mt
