#include "projections/table_upgrades.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "projections/counted.h"
#include "projections/rebuild.h"

namespace mt {

Result<void> TableUpgrades::open() {
  std::vector<LiveTable*> declared;
  for (const auto& module : modules_) {
    for (const auto& table : module->tables()) declared.push_back(table.get());
  }
  MT_TRY(remains_, mt::find_remains(ports_.copies.env, declared));
  return {};
}

Result<std::vector<TableState>> TableUpgrades::states() const {
  const auto kv = ports_.copies.env.read();
  std::vector<TableState> states;
  for (const auto& module : modules_) {
    for (const auto& versions : module->versions()) add_states(*versions, *kv, states);
  }
  MT_CHECK_OK(kv->status());
  return states;
}

void TableUpgrades::add_states(const TableVersions& versions, const KvReader& kv,
                               std::vector<TableState>& states) const {
  const KvEnv& env = ports_.copies.env;
  const Checkpoints& checkpoints = ports_.copies.checkpoints;
  const auto first = static_cast<std::ptrdiff_t>(states.size());
  for (const LiveTable* table : versions.all()) {
    if (!table->is_listed()) continue;
    TableState& state = states.emplace_back(table->state(kv, checkpoints));
    for (const StoreId store : table->copy_in(kv, checkpoints).stores) {
      state.bytes += env.bytes(store);
    }
    if (table == &versions.serving()) state.newest = versions.newest().version();
  }
  for (const TableRemains& remains : remains_) {
    if (remains.table != versions.name()) continue;
    if (auto state = state_of(remains, env, kv, checkpoints)) states.push_back(*std::move(state));
  }
  std::sort(states.begin() + first, states.end(),
            [](const TableState& a, const TableState& b) { return a.version < b.version; });
}

Result<TableUpgrades::Found> TableUpgrades::find(const std::string& table) const {
  for (const auto& module : modules_) {
    for (const auto& versions : module->versions()) {
      if (versions->name() == table) return Found{*module, *versions};
    }
  }
  return not_found("this node has no table '" + table + "'");
}

const TableRemains* TableUpgrades::find_remains(const std::string& table,
                                                std::uint32_t version) const {
  const auto found = std::ranges::find_if(remains_, [&](const TableRemains& remains) {
    return remains.table == table && remains.version == version;
  });
  return found == remains_.end() ? nullptr : &*found;
}

Result<void> TableUpgrades::check_watched(const std::string& table, const RowRange& range) const {
  MT_TRY(const Found found, find(table));
  return found.versions.check_watched(range);
}

Result<FoldReport> TableUpgrades::rebuild(const std::string& table, const OnFold& progress) {
  MT_TRY(Found found, find(table));
  const std::lock_guard one_at_a_time(found.versions.changing());
  const Counted rebuilding(found.module.rebuilds());
  // What is wrong with the rows of one, or shall not be in them, is so with those of the other.
  if (LiveTable* former = found.versions.former()) {
    MT_CHECK_OK(rebuild(found.module, *former, progress));
  }
  return rebuild(found.module, found.versions.serving(), progress);
}

Result<FoldReport> TableUpgrades::rebuild(FollowedModule& module, LiveTable& table,
                                          const OnFold& progress) {
  const CopyBuild::Ports& copies = ports_.copies;
  MT_TRY(ParkedStreams dropped, only_dropped(copies.env, copies.parked, table));
  CopyBuild build(copies, table, copies.log.head(module.name()), progress, std::move(dropped),
                  ports_.on_tables_thread);
  // No further than the other tables are: what comes later will be applied to this one too.
  return build.run([&] { return module.waiters().applied(); },
                   [&]() -> Result<void> {
                     // Until queries are shown the way, too.
                     const TableChanges::Replacing replacing(table.changes(), module.applied());
                     MT_CHECK_OK(build.cut_over(module.applied()));
                     ports_.note_routes();
                     return {};
                   });
}

Result<UpgradeReport> TableUpgrades::upgrade(const std::string& table,
                                             const UpgradeOptions& options,
                                             const OnUpgradePlan& on_plan, const OnFold& progress) {
  MT_TRY(Found found, find(table));
  auto report =
      TableUpgrade(ports_, found.module, found.versions).upgrade(options, on_plan, progress);
  give_back_memory();
  return report;
}

Result<RollbackReport> TableUpgrades::rollback(const std::string& table) {
  MT_TRY(Found found, find(table));
  return TableUpgrade(ports_, found.module, found.versions).rollback();
}

Result<void> TableUpgrades::purge(const std::string& table, std::uint32_t version) {
  MT_TRY(Found found, find(table));
  const TableRemains* remains = find_remains(table, version);
  if (remains == nullptr) {
    return TableUpgrade(ports_, found.module, found.versions).purge(version);
  }
  if (remains->is_newer) {
    return failed_precondition(Checkpoints::key_of(table, version) +
                               " is of a newer program, which may come back to it");
  }
  return ports_.on_tables_thread(
      [&] { return drop_remains(ports_.copies.env, ports_.copies.checkpoints, *remains); });
}

Result<void> TableUpgrades::forget_remains(const std::string& table) {
  for (const TableRemains& remains : remains_) {
    if (remains.table != table) continue;
    MT_CHECK_OK(ports_.on_tables_thread(
        [&] { return drop_remains(ports_.copies.env, ports_.copies.checkpoints, remains); }));
  }
  return {};
}

}  // namespace mt
