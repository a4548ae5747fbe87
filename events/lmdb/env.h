// An LMDB environment and its transactions, owned. One process opens an environment once; readers
// hold a transaction for a short time, since it pins pages.
#pragma once

#include <lmdb.h>
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "events/base/result.h"

namespace mt {

struct LmdbOptions {
  std::size_t map_bytes = std::size_t{1}
                          << 40;  // address space, not disk: the file grows as needed
  // Commits flush their pages but not the meta page: always whole, but a power cut may undo the
  // last one. For what can be derived again.
  bool may_undo_last = false;
  // Neither makes nor changes a file, but for the slot of this process among the readers.
  bool read_only = false;
  unsigned max_databases = 1024;
  unsigned max_readers = 1024;
};

// A folder, whatever path leads to it: its device and its inode.
using FolderId = std::pair<dev_t, ino_t>;

class LmdbEnv {
 public:
  // Makes the folder when it is missing, unless it is only read: NOT_FOUND then. An error names it;
  // FAILED_PRECONDITION when this process has it open already.
  static Result<std::shared_ptr<LmdbEnv>> open(const std::filesystem::path& folder,
                                               const LmdbOptions& options);
  ~LmdbEnv();
  LmdbEnv(const LmdbEnv&) = delete;
  LmdbEnv& operator=(const LmdbEnv&) = delete;

  MDB_env* get() const { return env_; }
  const std::string& folder() const { return folder_; }
  // It was given another name. Before others use the environment.
  void set_folder(std::string folder) { folder_ = std::move(folder); }

  // Whether commits are flushed only when that is asked for, mdb_env_sync: a power cut may then
  // leave anything. For a file that nobody relies on yet.
  void set_lazy(bool lazy) { mdb_env_set_flags(env_, MDB_NOSYNC, lazy ? 1 : 0); }

  // Keeps the file longer than what is used of it, within a write transaction that has written
  // nothing yet. A commit then overwrites, and its flush has no new file size to put into the file
  // system's journal, which costs several times the flush itself when others write to that disk.
  void grow_ahead();

  // The named database, made when missing, unless the environment is only read: NOT_FOUND then. No
  // other transaction of this thread may be open.
  Result<MDB_dbi> open_database(const std::string& name);

 private:
  LmdbEnv(std::string folder, FolderId id, bool read_only)
      : folder_(std::move(folder)), id_(id), read_only_(read_only) {}

  MDB_env* env_ = nullptr;
  std::string folder_;
  FolderId id_;
  bool read_only_;
  std::uint64_t file_bytes_ = 0;  // as grow_ahead() found or left it
};

// Ends a transaction when it goes out of scope, unless it was committed.
struct AbortTxn {
  void operator()(MDB_txn* txn) const { mdb_txn_abort(txn); }
};
using LmdbTxn = std::unique_ptr<MDB_txn, AbortTxn>;

struct CloseCursor {
  void operator()(MDB_cursor* cursor) const { mdb_cursor_close(cursor); }
};
using LmdbCursor = std::unique_ptr<MDB_cursor, CloseCursor>;

Result<LmdbTxn> begin_txn(const LmdbEnv& env, unsigned flags);
Result<LmdbCursor> open_cursor(MDB_txn* txn, MDB_dbi database);

inline MDB_val to_val(std::string_view bytes) {
  return {bytes.size(), const_cast<char*>(bytes.data())};
}
inline std::string_view to_view(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

}  // namespace mt
