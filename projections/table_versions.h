// TableVersions: the versions of one table that this program has the code of: the newest, which its
// queries are made for, and earlier ones. One serves; the one that served before it may follow the
// log beside it, so that it can serve again at once. The tables thread changes it.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "projections/checkpoints.h"
#include "projections/live_table.h"
#include "projections/store_routes.h"

namespace mt {

class TableVersions {
 public:
  // One at least; they outlive it.
  explicit TableVersions(std::vector<LiveTable*> versions);

  const std::string& name() const { return newest().name(); }
  const std::vector<LiveTable*>& all() const { return versions_; }  // the oldest first
  LiveTable& newest() const { return *versions_.back(); }
  // Any thread.
  LiveTable& serving() const { return *serving_.load(); }
  LiveTable* former() const { return former_.load(); }  // null: there is none
  // Null for one that is not declared.
  LiveTable* find(std::uint32_t version) const;

  // At the start, after their copies are open: finds who serves and who follows. What is left of an
  // upgrade that a kill has ended is cleared.
  Result<void> choose(KvEnv& env, const Checkpoints& checkpoints);
  // What was put into the store, for all to see. Watches of one that serves no more end.
  void serve(LiveTable& table, LiveTable* former);

  // From the stores of the newest version, which queries name, to those of the one that serves.
  void add_routes(StoreRoutes& routes) const;
  // UNAVAILABLE when changes of the one that serves cannot tell of that range of the newest.
  Result<void> check_watched(const RowRange& range) const;
  // Held by whoever has copies of it filled or changes who serves.
  std::mutex& changing() { return changing_; }

 private:
  LiveTable& youngest_stored() const;

  std::vector<LiveTable*> versions_;
  std::atomic<LiveTable*> serving_;
  std::atomic<LiveTable*> former_ = nullptr;
  std::mutex changing_;
};

// The version follows its log no more, and its rows are gone: first the checkpoint, then they.
Result<void> drop_version(KvEnv& env, const Checkpoints& checkpoints, LiveTable& table);

}  // namespace mt
