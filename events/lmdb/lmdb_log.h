// LmdbLog: the EventLog of a real node, environment events/: one database a module, only ever
// appended to. What append() returned for is on the disk.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "events/event_log.h"
#include "events/lmdb/env.h"
#include "events/lmdb/log_names.h"
#include "events/lmdb/page_check.h"

namespace mt {

class LmdbLog final : public EventLog {
 public:
  // DATA_LOSS names the page when the environment's pages do not hold (events/lmdb/page_check.h):
  // LMDB is not to read such ones.
  static Result<std::unique_ptr<LmdbLog>> open_environment(const std::filesystem::path& folder,
                                                           const LmdbOptions& options = {});
  // What is in the folder, with the logs of all modules open, and nothing to be appended. Another
  // process may be appending: the logs end where they ended at one instant.
  static Result<std::unique_ptr<const LmdbLog>> open_to_read(const std::filesystem::path& folder);

  // DATA_LOSS when the log's last record does not hold.
  Result<void> open(const ModuleName& module) override;
  Result<void> append(std::span<const LogAppend> batch) override;
  std::vector<ModuleName> modules() const override;
  Position head(const ModuleName& module) const override;
  std::vector<LogHead> heads() const override;
  Result<void> scan(const ModuleName& module, Position from,
                    const RecordVisitor& visit) const override;
  Result<void> scan_stored(const ModuleName& module, Position from,
                           const StoredVisitor& visit) const override;
  Result<CommitRecord> at(const ModuleName& module, Position position) const override;
  std::uint64_t stored_bytes(const ModuleName& module, Position first) const override;

 private:
  struct ModuleLog {
    MDB_dbi database = 0;
    std::atomic<std::uint64_t> head = 0;
    Hash hash{};         // of the last record; the writer thread's
    std::string damage;  // why nothing of it can be read; empty: it can be
  };

  explicit LmdbLog(std::shared_ptr<LmdbEnv> env) : env_(std::move(env)) {}
  // Of an environment that is to be appended to.
  Result<void> read_names();
  // Opens each log that there is, of one that is only read.
  Result<void> open_all(const PageReport& pages);
  Result<void> open_one(const ModuleName& module, const PageReport& pages);
  Result<const ModuleLog*> find(const ModuleName& module) const;
  // Reads where the log ends, within the transaction.
  Result<void> read_end(MDB_txn* txn, const ModuleName& module, ModuleLog& log) const;
  Result<void> put_all(std::span<const LogAppend> batch);

  std::shared_ptr<LmdbEnv> env_;
  LogNames names_;                        // of all logs that the environment is to have
  std::map<ModuleName, ModuleLog> logs_;  // filled before the first append
  mutable std::mutex heads_mutex_;        // held where all heads of a batch move
  std::string failure_;                   // the writer thread's; not empty: no more appends
};

}  // namespace mt
