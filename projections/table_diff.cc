#include "projections/table_diff.h"

#include <utility>

#include "events/base/check.h"
#include "projections/store_cursor.h"

namespace mt {
namespace {

class Differences {
 public:
  explicit Differences(std::size_t most) : most_(most) {}

  void walk(std::size_t store, StoreCursor before, StoreCursor after) {
    while (!before.is_end() || !after.is_end()) {
      const int order = compare(before, after);
      if (order != 0 || before.value() != after.value()) add(store, order, before, after);
      if (order <= 0) before.next();
      if (order >= 0) after.next();
    }
  }
  const TableDiff& found() const { return diff_; }
  TableDiff take() { return std::move(diff_); }

 private:
  // Below 0: only before has the lower key; above: only after.
  static int compare(const StoreCursor& before, const StoreCursor& after) {
    if (after.is_end()) return -1;
    if (before.is_end()) return 1;
    return before.key().compare(after.key());
  }

  void add(std::size_t store, int order, const StoreCursor& before, const StoreCursor& after) {
    ++(order < 0 ? diff_.lost : order > 0 ? diff_.added : diff_.changed);
    if (diff_.first.size() == most_) return;
    RowDifference& one = diff_.first.emplace_back();
    one.store = store;
    one.key = order <= 0 ? before.key() : after.key();
    if (order <= 0) one.before = before.value();
    if (order >= 0) one.after = after.value();
  }

  const std::size_t most_;
  TableDiff diff_;
};

}  // namespace

TableDiff diff_tables(const KvReader& before, const std::vector<StoreId>& before_stores,
                      const KvReader& after, const std::vector<StoreId>& after_stores,
                      std::size_t most) {
  check(before_stores.size() == after_stores.size(), "both tables have the same indexes");
  Differences differences(most);
  for (std::size_t i = 0; i < before_stores.size(); ++i) {
    differences.walk(i, StoreCursor(before, before_stores[i]), StoreCursor(after, after_stores[i]));
    // What else differs follows from the rows.
    if (i == 0 && !differences.found().is_empty()) break;
  }
  return differences.take();
}

}  // namespace mt
