#include "projections/table_versions.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "events/base/check.h"

namespace mt {
namespace {

std::string no_index(const LiveTable& serving, const LiveTable& newest, const std::string& index) {
  return "table " + serving.name() + " is served by version " + std::to_string(serving.version()) +
         ", which has no index " + index + "; bring it to version " +
         std::to_string(newest.version()) + ": mtctl projection upgrade " + serving.name();
}

}  // namespace

TableVersions::TableVersions(std::vector<LiveTable*> versions) : versions_(std::move(versions)) {
  check(!versions_.empty(), "a table has a version");
  std::ranges::sort(versions_, {}, [](const LiveTable* table) { return table->version(); });
  serving_ = versions_.back();
}

LiveTable* TableVersions::find(std::uint32_t version) const {
  const auto found = std::ranges::find(versions_, version, &LiveTable::version);
  return found == versions_.end() ? nullptr : *found;
}

LiveTable& TableVersions::youngest_stored() const {
  for (auto table = versions_.rbegin(); table != versions_.rend(); ++table) {
    if ((*table)->is_stored()) return **table;
  }
  return newest();
}

Result<void> TableVersions::choose(KvEnv& env, const Checkpoints& checkpoints) {
  std::optional<Checkpoints::LiveVersion> known;
  {
    const auto kv = env.read();
    known = checkpoints.live_version(*kv, name());
    MT_CHECK_OK(kv->status());
  }
  LiveTable* serving = known ? find(known->version()) : nullptr;
  LiveTable* former = serving != nullptr ? find(known->previous()) : nullptr;
  if (former == serving || (former != nullptr && !former->is_stored())) former = nullptr;
  if (serving == nullptr) serving = &youngest_stored();
  serve(*serving, former);
  for (LiveTable* table : versions_) {
    if (!table->is_followed()) MT_CHECK_OK(drop_version(env, checkpoints, *table));
  }
  // One that a newer program has chosen stays: it is that program's, which may come back.
  if (!known || known->version() >= serving->version()) return {};
  return env.write([&](KvWriter& kv) -> Result<void> {
    checkpoints.put_live_version(kv, name(), serving->version(), 0);
    return {};
  });
}

void TableVersions::serve(LiveTable& table, LiveTable* former) {
  for (LiveTable* each : versions_) {
    each->set_role(each == &table   ? TableRole::kServing
                   : each == former ? TableRole::kFormer
                                    : TableRole::kAside);
    if (each == &table) {
      each->changes().reopen();
    } else {
      each->changes().close(
          unavailable("another version of table " + name() + " serves now; watch it again"));
    }
  }
  serving_ = &table;
  former_ = former;
}

Result<void> TableVersions::check_watched(const RowRange& range) const {
  const std::vector<std::string>& wanted = newest().projection().table().indexes();
  const std::vector<std::string>& there = serving().projection().table().indexes();
  if (range.store == 0) return {};
  const std::string& index = wanted[range.store - 1];
  if (there.size() >= range.store && there[range.store - 1] == index) return {};
  return unavailable(no_index(serving(), newest(), index));
}

void TableVersions::add_routes(StoreRoutes& routes) const {
  const LiveTable& table = serving();
  const std::vector<StoreId>& from = newest().stores();
  const std::vector<StoreId>& to = table.copy().stores;
  if (&table == &newest()) return routes.lead(from, to);
  routes.lead(from.front(), to.front());
  const std::vector<std::string>& wanted = newest().projection().table().indexes();
  const std::vector<std::string>& there = table.projection().table().indexes();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto found = std::ranges::find(there, wanted[i]);
    if (found == there.end()) {
      routes.close(from[i + 1], no_index(table, newest(), wanted[i]));
    } else {
      routes.lead(from[i + 1], to[static_cast<std::size_t>(found - there.begin()) + 1]);
    }
  }
}

Result<void> drop_version(KvEnv& env, const Checkpoints& checkpoints, LiveTable& table) {
  if (table.is_stored()) {
    MT_CHECK_OK(env.write([&](KvWriter& kv) -> Result<void> {
      checkpoints.erase(kv, table.copy().key);
      return {};
    }));
    table.set_stored(false);
  }
  table.set("building", {});
  MT_CHECK_OK(clear_copy(env, table.copy()));
  return clear_copy(env, table.spare());
}

}  // namespace mt
