// LmdbKv: the KvEnv of a real node, environment tables/. Read transactions are kept and renewed, so
// that a query begins in well under a microsecond. When there are too many readers at once, read()
// gives one that finds nothing and whose status() says so. It can be compacted while it is used:
// readers that have begun stay with the old file, which goes with the last of them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "events/compaction.h"
#include "events/kv.h"
#include "events/lmdb/change_journal.h"
#include "events/lmdb/env.h"

namespace mt {

class CompactedCopy;

class LmdbKv final : public KvEnv, public Compactable {
 public:
  // Removes what a compaction that was killed left beside the folder.
  static Result<std::unique_ptr<LmdbKv>> open_environment(const std::filesystem::path& folder,
                                                          const LmdbOptions& options);
  ~LmdbKv() override;

  Result<StoreId> open(const std::string& name) override;
  Result<std::vector<std::string>> names() const override;
  std::uint64_t bytes(StoreId store) const override;
  std::unique_ptr<KvReader> read() const override;
  Result<void> write(const std::function<Result<void>(KvWriter&)>& change) override;
  Result<CompactionReport> compact(const OnCompaction& progress) override;

 private:
  class Reader;
  // An environment with its reset read transactions.
  struct Opened {
    std::shared_ptr<LmdbEnv> env;
    std::vector<LmdbTxn> idle;  // go first
  };
  using OpenedPtr = std::shared_ptr<Opened>;

  LmdbKv(std::filesystem::path folder, LmdbOptions options, std::shared_ptr<LmdbEnv> env);
  OpenedPtr opened() const;
  Result<LmdbTxn> take_reader(OpenedPtr& of) const;
  void give_back(OpenedPtr of, LmdbTxn txn) const;

  Result<StoreId> open_store(const std::string& name);
  Result<void> open_all_stores();
  // What was written since the last time it was asked for.
  Result<ChangeJournal> take_changes();
  // Of a transaction that was committed.
  void keep(const ChangeJournal& changes);
  Result<CompactionReport> copy_and_swap(const OnCompaction& progress);
  Result<void> swap(CompactedCopy& copy, CompactionReport& report);

  const std::filesystem::path folder_;
  const LmdbOptions options_;
  std::mutex compacting_;

  // Held by whoever writes. Below it is what only those touch.
  std::mutex writing_;
  std::map<std::string, StoreId> stores_;
  bool keeps_changes_ = false;
  Result<void> kept_;  // an error: too many to be kept
  ChangeJournal changes_;

  mutable std::mutex mutex_;
  mutable OpenedPtr opened_;
};

}  // namespace mt
