// LmdbLog: the EventLog of a real node, environment events/: one database a module, only ever
// appended to. What append() returned for is on the disk. The beginning of a log may lie in sealed
// files instead, in the folder archive/ beside the environment's; they are read as if it did not.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "events/archive/sealed_head.h"
#include "events/event_log.h"
#include "events/lmdb/env.h"
#include "events/lmdb/log_names.h"
#include "events/lmdb/page_check.h"
#include "events/lmdb/sealed_catalogue.h"
#include "events/log_archive.h"

namespace mt {

class LogCursor;

class LmdbLog final : public EventLog, public LogArchive {
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

  LogArchive* archive() override { return this; }
  const LogArchive* archive() const override { return this; }
  std::filesystem::path folder(const ModuleName& module) const override;
  std::vector<Segment> segments(const ModuleName& module) const override;
  Result<void> check_file(const Segment& segment) const override;
  Result<Position> held_from(const ModuleName& module) const override;
  Result<void> add(const Segment& segment) override;
  Result<std::uint64_t> drop_some(const ModuleName& module) override;

 private:
  using SealedPtr = std::shared_ptr<const SealedHead>;
  struct ModuleLog {
    MDB_dbi database = 0;
    std::atomic<std::uint64_t> head = 0;
    Hash hash{};         // of the last record; the writer thread's
    std::string damage;  // why nothing of it can be read; empty: it can be
    // What is read from files. The end of it is here, too, for those who are beyond.
    mutable SealedPtr sealed;
    mutable std::atomic<std::uint64_t> sealed_to = 0;
  };

  LmdbLog(std::shared_ptr<LmdbEnv> env, std::filesystem::path archive)
      : env_(std::move(env)), archive_(std::move(archive)), catalogue_(*env_) {}
  // Of an environment that is to be appended to.
  Result<void> read_names();
  // Opens each log that there is, of one that is only read.
  Result<void> open_all(const PageReport& pages);
  Result<void> open_one(const ModuleName& module, const PageReport& pages);
  Result<const ModuleLog*> find(const ModuleName& module) const;
  // Reads where the log ends, within the transaction.
  Result<void> read_end(MDB_txn* txn, const ModuleName& module, ModuleLog& log) const;
  Result<void> put_all(std::span<const LogAppend> batch);

  // Asks the catalogue what is read from files now: another process may be moving the log's head.
  Result<void> learn_sealed(const ModuleName& module, const ModuleLog& log) const;
  SealedPtr sealed_of(const ModuleLog& log) const;
  // The file or the environment that holds a position; null: the environment.
  SealedPtr sealed_at(const ModuleLog& log, Position position) const;
  // Of the chain before the record that the cursor is at, which may move.
  Result<Hash> hash_before(const ModuleName& module, const ModuleLog& log, LogCursor& cursor) const;
  static Result<std::uint64_t> drop_until(MDB_txn* txn, const ModuleLog& log,
                                          const ModuleName& module, std::uint64_t last);
  void report_missing_files(const ModuleName& module) const;

  std::shared_ptr<LmdbEnv> env_;
  LogNames names_;                        // of all logs that the environment is to have
  std::map<ModuleName, ModuleLog> logs_;  // filled before the first append
  mutable std::mutex heads_mutex_;        // held where all heads of a batch move
  std::string failure_;                   // the writer thread's; not empty: no more appends

  const std::filesystem::path archive_;
  mutable std::mutex sealed_mutex_;
  mutable SealedCatalogue catalogue_;
};

}  // namespace mt
