// Backing up logs while they grow, checking a backup, and making a data folder of it again.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "events/archive/log_import.h"
#include "events/base/clock.h"
#include "mt/ops/v1/backup.pb.h"
#include "ops/backup/log_store.h"

namespace mt {

struct BackupWishes {
  bool incremental = false;  // goes on where the backup in the folder ends; else there is none yet
  // The data folder whose secrets are kept too, and the keys of personal data as they are now in
  // the place of those of earlier steps: a key that was destroyed does not stay in the backup.
  std::optional<std::filesystem::path> secrets_of;
};

// What the logs held at one instant, or what came since the last time. ALREADY_EXISTS when the
// folder holds a backup and a whole one was wished for, NOT_FOUND when it holds none to go on with,
// FAILED_PRECONDITION when the logs are not those it was made of. Returns the step it added; when
// it fails, the folder is as good a backup as before.
Result<ops::v1::BackupStep> back_up(const LogStore& store, const std::filesystem::path& folder,
                                    const BackupWishes& wishes, Time now,
                                    const OnLogProgress& progress);

// What a log of a backup, or one that was made of it, comes to.
struct RestoredLog {
  LogEnd end;
  double seconds = 0;
};

// Reads all of a backup. DATA_LOSS naming what does not hold.
Result<std::vector<RestoredLog>> verify_backup(const std::filesystem::path& folder,
                                               const OnLogProgress& progress);

// The same, and a new data folder of it. NOT_FOUND when a limit names a module that the backup
// lacks, or a position beyond its end. When it fails, the folder is none that a container starts
// on, and a later try begins anew.
Result<std::vector<RestoredLog>> restore_backup(const std::filesystem::path& folder,
                                                const std::filesystem::path& into,
                                                const ImportLimits& limits,
                                                const OnLogProgress& progress);

}  // namespace mt
