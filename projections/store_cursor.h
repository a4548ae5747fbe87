// StoreCursor: the entries of a store one after another, for whoever walks two stores side by side.
// It reads a bounded number ahead and keeps copies, so that a table of any size fits.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "events/kv.h"

namespace mt {

class StoreCursor {
 public:
  // At the store's first entry. `kv` outlives the cursor.
  StoreCursor(const KvReader& kv, StoreId store, std::size_t read_ahead = 1024)
      : kv_(kv), store_(store), read_ahead_(read_ahead) {
    read_on();
  }

  bool is_end() const { return at_ == entries_.size(); }
  const std::string& key() const { return entries_[at_].first; }
  const std::string& value() const { return entries_[at_].second; }
  void next() {
    if (++at_ == entries_.size()) read_on();
  }

 private:
  void read_on() {
    const std::string after = entries_.empty() ? std::string() : std::move(entries_.back().first);
    entries_.clear();
    at_ = 0;
    kv_.scan(store_, {}, after, Order::kForward,
             [this](std::string_view key, std::string_view value) {
               entries_.emplace_back(key, value);
               return entries_.size() < read_ahead_ ? Scan::kGoOn : Scan::kStop;
             });
  }

  const KvReader& kv_;
  const StoreId store_;
  const std::size_t read_ahead_;
  std::vector<std::pair<std::string, std::string>> entries_;
  std::size_t at_ = 0;
};

}  // namespace mt
