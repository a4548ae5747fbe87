// Table<Row>: typed rows with a primary key and declared indexes, kept together in one transaction.
// Stores: <name>@<version> (key → serialized row) and <name>@<version>.<index> (index key ‖ key →
// ""), and the same of a second copy, <name>@<version>+. What was read and cannot be what was
// written becomes the view's status(), and no row: the disk may damage a table, but a query of it
// ends nobody's process.
#pragma once

#include <google/protobuf/descriptor.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/kv.h"
#include "projections/key.h"
#include "projections/page.h"
#include "projections/row_changes.h"

namespace mt {

// A table without its row type: what the tables thread and `verify` need of it.
class TableBase {
 public:
  virtual ~TableBase() = default;

  const std::string& name() const { return name_; }
  // Opens the stores of this version of the table in `env`; to be called once per environment.
  Result<std::vector<StoreId>> open(KvEnv& env, std::uint32_t version) const;
  // The same of the copy of that name.
  Result<std::vector<StoreId>> open_copy(KvEnv& env, const std::string& primary) const;
  // Uses the stores that `open` gave: the primary first, then the indexes as declared.
  void bind(std::vector<StoreId> stores) { stores_ = std::move(stores); }
  const std::vector<StoreId>& stores() const { return stores_; }
  const std::vector<std::string>& indexes() const { return index_names_; }
  // The message that a row is.
  virtual const google::protobuf::Descriptor& row_type() const = 0;

 protected:
  TableBase(std::string name, std::vector<std::string> indexes)
      : name_(std::move(name)), index_names_(std::move(indexes)) {}

  // Keeps primary and indexes in step. `index_keys` are those of the new row, `old_index_keys`
  // those of the row it replaces (empty when there was none).
  void put_bytes(KvWriter& kv, std::string_view key, std::string_view row,
                 const std::vector<std::string>& index_keys,
                 const std::vector<std::string>& old_index_keys) const;
  void erase_bytes(KvWriter& kv, std::string_view key,
                   const std::vector<std::string>& index_keys) const;

  // Visits one page of rows in the order of the primary (store 0) or an index (1…), each with its
  // bytes, which last until the visit ends. Gives the token for the next page.
  using VisitRow = std::function<Scan(std::string_view row)>;
  Result<std::string> page_bytes(const KvReader& kv, std::size_t store, std::string_view prefix,
                                 Order order, const PageRequest& request,
                                 const VisitRow& visit) const;
  // An index entry's key, taken apart; none when it is damaged.
  struct EntryKey {
    std::string_view index_key;
    std::string_view primary;
  };
  std::optional<EntryKey> entry_key(const KvReader& kv, std::string_view index_entry) const;
  // The row of an index entry; none when that or the entry is damaged.
  std::optional<std::string_view> row_of(const KvReader& kv, std::string_view index_entry) const;
  // An index entry's key: index key, primary key, and the primary key's length in two bytes.
  static std::string index_entry(std::string_view index_key, std::string_view primary);
  std::size_t store_of(std::string_view index) const;  // 0 for "", the primary
  // What was read was never written so.
  void damaged(const KvReader& kv, const char* what) const;

  std::string name_;
  std::vector<std::string> index_names_;
  std::vector<StoreId> stores_;
};

template <typename Row>
struct Index {
  std::string name;
  std::function<std::string(const Row&)> key;  // an empty key: the row is not in this index
};

template <typename Row>
class Table final : public TableBase {
 public:
  using KeyOf = std::function<std::string(const Row&)>;

  // `name` is <module>_<table>. `key` gives a unique key; see Key for order-preserving ones.
  Table(std::string name, KeyOf key, std::vector<Index<Row>> indexes = {})
      : TableBase(std::move(name), names_of(indexes)),
        key_(std::move(key)),
        indexes_(std::move(indexes)) {}

  const google::protobuf::Descriptor& row_type() const override { return *Row::descriptor(); }

  std::optional<Row> get(const KvReader& kv, std::string_view key) const {
    const auto bytes = kv.get(stores_.front(), key);
    std::optional<Row> row;
    if (bytes && !parse(kv, *bytes, row.emplace())) row.reset();
    return row;
  }

  // Inserts the row or replaces the one with its key.
  void put(KvWriter& kv, const Row& row) const {
    const std::string key = key_(row);
    const std::optional<Row> old = get(kv, key);
    put_bytes(kv, key, row.SerializeAsString(), index_keys(row),
              old ? index_keys(*old) : std::vector<std::string>{});
  }

  // False when there is no such row.
  bool erase(KvWriter& kv, std::string_view key) const {
    const std::optional<Row> old = get(kv, key);
    if (!old) return false;
    erase_bytes(kv, key, index_keys(*old));
    return true;
  }

  // Rows in the order of an index ("" for the primary), those whose index key begins with `prefix`:
  // as many as were asked for, fewer when they grow over kMaxPageBytes together.
  Result<Page<Row>> page(const KvReader& kv, std::string_view index, std::string_view prefix,
                         const PageRequest& request, Order order = Order::kForward) const {
    Page<Row> page;
    page.rows.Reserve(static_cast<int>(rows_of_page(request)));
    MT_TRY(page.next_token,
           page_bytes(kv, store_of(index), prefix, order, request, [&](std::string_view bytes) {
             return parse(kv, bytes, *page.rows.Add()) ? Scan::kGoOn : Scan::kStop;
           }));
    return page;
  }

  // Visits the rows of an index with from <= index key < to, in order.
  void range(const KvReader& kv, std::string_view index, std::string_view from, std::string_view to,
             const std::function<Scan(const Row&)>& visit) const {
    const std::size_t store = store_of(index);
    kv.range(stores_[store], from, to, [&](std::string_view key, std::string_view value) {
      const auto bytes = store == 0 ? std::optional(value) : row_of(kv, key);
      Row row;
      return bytes && parse(kv, *bytes, row) ? visit(row) : Scan::kStop;
    });
  }

  // Visits the keys of an index with from <= index key < to, in order, each with its row's key: for
  // what an index key tells by itself, since no row is read.
  void keys(
      const KvReader& kv, std::string_view index, std::string_view from, std::string_view to,
      const std::function<Scan(std::string_view index_key, std::string_view key)>& visit) const {
    kv.range(stores_[store_of(index)], from, to, [&](std::string_view entry, std::string_view) {
      const auto key = entry_key(kv, entry);
      return key ? visit(key->index_key, key->primary) : Scan::kStop;
    });
  }

  std::uint64_t size(const KvReader& kv) const { return kv.size(stores_.front()); }

  std::string key_of(const Row& row) const { return key_(row); }

  // The rows of an index ("" for the primary) whose key begins with `prefix`.
  RowRange range_of(std::string_view index, std::string prefix) const {
    return {store_of(index), std::move(prefix)};
  }
  bool is_in(const RowRange& range, const Row& row) const {
    const std::string key = range.store == 0 ? key_(row) : indexes_[range.store - 1].key(row);
    return !key.empty() && key.starts_with(range.prefix);
  }

 private:
  static std::vector<std::string> names_of(const std::vector<Index<Row>>& indexes) {
    std::vector<std::string> names;
    for (const Index<Row>& index : indexes) names.push_back(index.name);
    return names;
  }

  bool parse(const KvReader& kv, std::string_view bytes, Row& row) const {
    if (row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return true;
    damaged(kv, "a row cannot be read");
    return false;
  }

  std::vector<std::string> index_keys(const Row& row) const {
    std::vector<std::string> keys;
    keys.reserve(indexes_.size());
    for (const Index<Row>& index : indexes_) keys.push_back(index.key(row));
    return keys;
  }

  KeyOf key_;
  std::vector<Index<Row>> indexes_;
};

}  // namespace mt
