// CompactedCopy: a second environment beside an environment's folder, filled with what that one
// holds, and put into its place. Before it takes the place it may be lost at any moment; the folder
// of one that was is removed by the next process. One thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "events/compaction.h"
#include "events/kv.h"
#include "events/lmdb/change_journal.h"
#include "events/lmdb/env.h"

namespace mt {

class CompactedCopy {
 public:
  // Beside `folder`, which holds `stores`. `options` are those of the environment there.
  static Result<CompactedCopy> make(const std::filesystem::path& folder, LmdbOptions options,
                                    const std::map<std::string, StoreId>& stores);
  CompactedCopy(CompactedCopy&&) noexcept = default;
  CompactedCopy& operator=(CompactedCopy&&) = delete;
  // Removes it, or what it has taken the place of.
  ~CompactedCopy();

  // Copies all entries, many short read transactions of `from` one after the other. What is written
  // there meanwhile may be in or not: repeat() it.
  Result<void> fill(const KvEnv& from, const OnCompaction& progress);
  Result<void> repeat(const ChangeJournal& changes);
  Result<void> flush();
  // From here on commits are as safe as the options say. Returns after the exchange of the folders,
  // one step, is on the disk.
  Result<std::shared_ptr<LmdbEnv>> take_place();

  std::uint64_t entries() const { return entries_; }

  // What a process that was killed left beside the folder.
  static void remove_left(const std::filesystem::path& folder);

 private:
  CompactedCopy(std::filesystem::path folder, std::map<std::string, StoreId> stores)
      : folder_(std::move(folder)), stores_(std::move(stores)) {}
  Result<void> open_stores();
  Result<bool> copy_piece(const KvReader& from, StoreId store, std::string& after);
  Result<void> check_room() const;

  std::filesystem::path folder_;  // empty: moved from
  std::map<std::string, StoreId> stores_;
  std::shared_ptr<LmdbEnv> env_;
  std::uint64_t entries_ = 0;
};

// The bytes of the environment's file.
std::uint64_t file_bytes(const LmdbEnv& env);

}  // namespace mt
