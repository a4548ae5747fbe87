// TableUpgrade: brings a table to the newest version that the program has: plan, build beside the
// version that serves, comparison of the two, gate, cut-over. And back again. On the thread of
// whoever asks for it; what changes the tables is done by the tables thread.
#pragma once

#include <functional>

#include "events/base/log.h"
#include "projections/copy_build.h"
#include "projections/followed_module.h"
#include "projections/live_tables.h"
#include "projections/table_versions.h"
#include "projections/upgrade_report.h"

namespace mt {

class TableUpgrade {
 public:
  struct Ports {
    const CopyBuild::Ports& copies;
    CopyBuild::OnTablesThread on_tables_thread;
    std::function<void()> note_routes;  // shows queries who serves; by the tables thread
  };

  TableUpgrade(Ports ports, FollowedModule& module, TableVersions& versions)
      : ports_(std::move(ports)), module_(module), versions_(versions) {}

  // A version that is not to serve in the end is dropped again. An error, a refusal, a kill leave
  // the one that serves as it is.
  Result<UpgradeReport> upgrade(const UpgradeOptions& options, const OnUpgradePlan& on_plan,
                                const OnFold& progress);
  // FAILED_PRECONDITION when none is there that has followed the log.
  Result<RollbackReport> rollback();
  // Drops the version that served before. NOT_FOUND when this one does not follow the log.
  Result<void> purge(std::uint32_t version);

 private:
  Result<UpgradePlan> plan() const;
  Result<void> build(UpgradeReport& report, const OnFold& progress);
  Result<void> compare(UpgradeReport& report) const;
  Result<void> gate(UpgradeReport& report, const UpgradeOptions& options) const;
  Result<void> cut_over(UpgradeReport& report);
  Result<void> drop_aside();
  // The same once all else is done, which no error of it changes.
  void tidy_up();
  // Lists the new version as failed, when that was its own fault.
  void note_failure(const UpgradeReport& report, const Result<void>& outcome);
  // By the tables thread. Why the new version may not serve, whatever is accepted; empty: it may.
  std::string why_failed() const;
  // The same thread, in one transaction.
  Result<void> put_serving(LiveTable& table, LiveTable* former);

  const Logger logger_{"projections"};
  const Ports ports_;
  FollowedModule& module_;
  TableVersions& versions_;
};

}  // namespace mt
