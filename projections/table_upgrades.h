// TableUpgrades: the versions of all tables, those that the program has the code of and those that
// are left of others: lists them, makes them anew, and changes which one serves. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "projections/table_remains.h"
#include "projections/table_upgrade.h"
#include "projections/upgrade_report.h"

namespace mt {

class TableUpgrades {
 public:
  using Modules = std::vector<std::unique_ptr<FollowedModule>>;

  // What is given outlives it.
  TableUpgrades(TableUpgrade::Ports ports, const Modules& modules)
      : ports_(std::move(ports)), modules_(modules) {}

  // At the start, after the stores of all that is declared.
  Result<void> open();

  // In the order in which tables are declared, each table's by version.
  Result<std::vector<TableState>> states() const;

  // UNAVAILABLE when no changes of that range can be told, since the version that serves has no
  // such index.
  Result<void> check_watched(const std::string& table, const RowRange& range) const;

  // All of these: NOT_FOUND for an unknown table.
  // Folds the version that serves anew, and the one that served before when it follows the log.
  Result<FoldReport> rebuild(const std::string& table, const OnFold& progress);
  // Brings the table to the newest version that the program has.
  Result<UpgradeReport> upgrade(const std::string& table, const UpgradeOptions& options,
                                const OnUpgradePlan& on_plan, const OnFold& progress);
  // The version that served before serves again; the one that does now is dropped.
  Result<RollbackReport> rollback(const std::string& table);
  // Drops a version that does not serve, unless a newer program has left it.
  Result<void> purge(const std::string& table, std::uint32_t version);
  // Drops all that is left of versions that this program cannot fold again, since something in
  // their rows shall be nowhere any more. A newer program builds its own anew.
  Result<void> forget_remains(const std::string& table);

 private:
  struct Found {
    FollowedModule& module;
    TableVersions& versions;
  };
  Result<FoldReport> rebuild(FollowedModule& module, LiveTable& table, const OnFold& progress);
  Result<Found> find(const std::string& table) const;
  void add_states(const TableVersions& versions, const KvReader& kv,
                  std::vector<TableState>& states) const;
  const TableRemains* find_remains(const std::string& table, std::uint32_t version) const;

  const TableUpgrade::Ports ports_;
  const Modules& modules_;
  std::vector<TableRemains> remains_;  // fixed after the start
};

}  // namespace mt
