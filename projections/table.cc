#include "projections/table.h"

#include <algorithm>

#include "events/base/check.h"
#include "projections/row_notes.h"

namespace mt {
namespace {

constexpr std::size_t kLengthBytes = 2;

}  // namespace

std::string TableBase::index_entry(std::string_view index_key, std::string_view primary) {
  std::string entry;
  entry.reserve(index_key.size() + primary.size() + kLengthBytes);
  entry.append(index_key).append(primary);
  entry.push_back(static_cast<char>(primary.size() >> 8));
  entry.push_back(static_cast<char>(primary.size() & 0xff));
  return entry;
}

std::optional<TableBase::EntryKey> TableBase::entry_key(const KvReader& kv,
                                                        std::string_view index_entry) const {
  if (index_entry.size() >= kLengthBytes) {
    const std::size_t end = index_entry.size() - kLengthBytes;
    const std::size_t length =
        static_cast<std::size_t>(static_cast<unsigned char>(index_entry[end]) << 8 |
                                 static_cast<unsigned char>(index_entry[end + 1]));
    if (length <= end) {
      return EntryKey{index_entry.substr(0, end - length),
                      index_entry.substr(end - length, length)};
    }
  }
  damaged(kv, "an index entry cannot be read");
  return std::nullopt;
}

std::optional<std::string_view> TableBase::row_of(const KvReader& kv,
                                                  std::string_view index_entry) const {
  const std::optional<EntryKey> key = entry_key(kv, index_entry);
  if (!key) return std::nullopt;
  const auto row = kv.get(stores_.front(), key->primary);
  if (!row) damaged(kv, "an index entry has no row");
  return row;
}

void TableBase::damaged(const KvReader& kv, const char* what) const {
  kv.fail(data_loss("table " + name_ + " is damaged, " + what +
                    "; the operator mends it: mtctl projection rebuild " + name_));
}

Result<std::vector<StoreId>> TableBase::open(KvEnv& env, std::uint32_t version) const {
  return open_copy(env, name_ + "@" + std::to_string(version));
}

Result<std::vector<StoreId>> TableBase::open_copy(KvEnv& env, const std::string& primary) const {
  std::vector<StoreId> stores;
  MT_TRY(const StoreId rows, env.open(primary));
  stores.push_back(rows);
  for (const std::string& index : index_names_) {
    MT_TRY(const StoreId entries, env.open(primary + "." + index));
    stores.push_back(entries);
  }
  return stores;
}

void TableBase::put_bytes(KvWriter& kv, std::string_view key, std::string_view row,
                          const std::vector<std::string>& index_keys,
                          const std::vector<std::string>& old_index_keys) const {
  kv.put(stores_.front(), key, row);
  for (std::size_t i = 0; i < index_keys.size(); ++i) {
    const bool had = i < old_index_keys.size() && !old_index_keys[i].empty();
    if (had && old_index_keys[i] == index_keys[i]) continue;
    if (had) kv.erase(stores_[i + 1], index_entry(old_index_keys[i], key));
    if (!index_keys[i].empty()) kv.put(stores_[i + 1], index_entry(index_keys[i], key), {});
  }
  if (RowNotes* notes = kv.row_notes()) notes->row_changed(key, old_index_keys, index_keys);
}

void TableBase::erase_bytes(KvWriter& kv, std::string_view key,
                            const std::vector<std::string>& index_keys) const {
  for (std::size_t i = 0; i < index_keys.size(); ++i) {
    if (!index_keys[i].empty()) kv.erase(stores_[i + 1], index_entry(index_keys[i], key));
  }
  kv.erase(stores_.front(), key);
  if (RowNotes* notes = kv.row_notes()) notes->row_changed(key, index_keys, {});
}

Result<std::string> TableBase::page_bytes(const KvReader& kv, std::size_t store,
                                          std::string_view prefix, Order order,
                                          const PageRequest& request, const VisitRow& visit) const {
  std::string after;
  if (!request.token.empty()) {
    MT_TRY(after, decode_page_token(request.query, request.token));
  }
  const std::size_t size = rows_of_page(request);
  std::size_t visited = 0;
  std::string last;
  std::size_t bytes = 0;
  bool more = false;
  kv.scan(stores_[store], prefix, after, order, [&](std::string_view key, std::string_view value) {
    more = visited == size || bytes >= kMaxPageBytes;
    if (more) return Scan::kStop;
    const auto row = store == 0 ? std::optional(value) : row_of(kv, key);
    if (!row || visit(*row) == Scan::kStop) return Scan::kStop;
    bytes += row->size();
    if (++visited == size || bytes >= kMaxPageBytes) last = key;
    return Scan::kGoOn;
  });
  MT_CHECK_OK(kv.status());
  return more ? encode_page_token(request.query, last) : std::string();
}

std::size_t TableBase::store_of(std::string_view index) const {
  if (index.empty()) return 0;
  const auto at = std::find(index_names_.begin(), index_names_.end(), index);
  check(at != index_names_.end(), "a query names an index that its table declares");
  return static_cast<std::size_t>(at - index_names_.begin()) + 1;
}

}  // namespace mt
