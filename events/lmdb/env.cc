#include "events/lmdb/env.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>
#include <set>
#include <system_error>
#include <utility>

#include "events/base/file_error.h"
#include "events/lmdb/error.h"

namespace mt {
namespace {

// The folders that this process has open. LMDB's file locks belong to the process: closing a second
// environment on a folder would take away those of the first.
class OpenFolders {
 public:
  // False when it is open already.
  bool add(FolderId folder) {
    const std::lock_guard lock(mutex_);
    return folders_.insert(folder).second;
  }
  void remove(FolderId folder) {
    const std::lock_guard lock(mutex_);
    folders_.erase(folder);
  }

 private:
  std::mutex mutex_;
  std::set<FolderId> folders_;
};

OpenFolders& open_folders() {
  static auto& folders = *new OpenFolders();
  return folders;
}

Result<FolderId> find_folder(const std::string& folder) {
  struct stat found {};
  if (stat(folder.c_str(), &found) == 0) return FolderId{found.st_dev, found.st_ino};
  if (errno == ENOENT) return not_found("there is no folder " + folder);
  return file_error(errno, "open the folder", folder);
}

Result<FolderId> make_folder(const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return unavailable("cannot make the folder " + folder + ": " + failed.message());
  return find_folder(folder);
}

constexpr std::uint64_t kLeastAhead = 1 << 20;
constexpr std::uint64_t kMostAhead = 16 << 20;

std::uint64_t used_bytes(MDB_env* env) {
  MDB_envinfo info{};
  MDB_stat stat{};
  mdb_env_info(env, &info);
  mdb_env_stat(env, &stat);
  return (std::uint64_t{info.me_last_pgno} + 1) * stat.ms_psize;
}

std::uint64_t file_bytes(int file) {
  struct stat found {};
  return fstat(file, &found) == 0 ? static_cast<std::uint64_t>(found.st_size) : 0;
}

// Real zeros: of space that is only reserved, the first write would be put into the journal too.
// When the disk is full, the commit will say so.
void write_zeros(int file, std::uint64_t from, std::uint64_t to) {
  static constexpr std::array<char, 64 << 10> kZeros{};
  while (from < to) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(to - from, kZeros.size()));
    const ssize_t written = pwrite(file, kZeros.data(), size, static_cast<off_t>(from));
    if (written <= 0) return;
    from += static_cast<std::uint64_t>(written);
  }
}

}  // namespace

Result<std::shared_ptr<LmdbEnv>> LmdbEnv::open(const std::filesystem::path& folder,
                                               const LmdbOptions& options) {
  const std::string doing = "open the environment in " + folder.string();
  MT_TRY(const FolderId id,
         options.read_only ? find_folder(folder.string()) : make_folder(folder.string()));
  if (!open_folders().add(id)) {
    return failed_precondition("the environment in " + folder.string() +
                               " is open in this process already");
  }
  std::shared_ptr<LmdbEnv> env(new LmdbEnv(folder.string(), id, options.read_only));
  if (const int code = mdb_env_create(&env->env_); code != 0) return from_lmdb(code, doing);
  MDB_env* const raw = env->env_;
  const unsigned flags = MDB_NOTLS | (options.may_undo_last ? MDB_NOMETASYNC : 0u) |
                         (options.read_only ? MDB_RDONLY : 0u);
  for (const int code :
       {mdb_env_set_mapsize(raw, options.map_bytes), mdb_env_set_maxdbs(raw, options.max_databases),
        mdb_env_set_maxreaders(raw, options.max_readers),
        mdb_env_open(raw, folder.c_str(), flags, 0600)}) {
    if (code != 0) return from_lmdb(code, doing);
  }
  // Slots of readers that were killed would keep their pages for ever.
  int dead = 0;
  mdb_reader_check(raw, &dead);
  return env;
}

LmdbEnv::~LmdbEnv() {
  if (env_ != nullptr) mdb_env_close(env_);
  open_folders().remove(id_);
}

void LmdbEnv::grow_ahead() {
  const std::uint64_t used = used_bytes(env_);
  const std::uint64_t ahead = std::clamp(used / 4, kLeastAhead, kMostAhead);
  const auto is_enough = [&] { return file_bytes_ >= used + ahead / 2; };
  mdb_filehandle_t file{};
  if (is_enough() || mdb_env_get_fd(env_, &file) != 0) return;
  file_bytes_ = file_bytes(file);
  if (is_enough()) return;
  write_zeros(file, file_bytes_, used + ahead);
  fdatasync(file);
  file_bytes_ = file_bytes(file);
}

Result<MDB_dbi> LmdbEnv::open_database(const std::string& name) {
  const std::string doing = "open the database " + name + " in " + folder_;
  MDB_dbi database = 0;
  {
    // An existing one needs no write, so that a start without changes writes nothing.
    MT_TRY(LmdbTxn txn, begin_txn(*this, MDB_RDONLY));
    const int code = mdb_dbi_open(txn.get(), name.c_str(), 0, &database);
    if (code == 0) {
      if (const int committed = mdb_txn_commit(txn.release()); committed != 0) {
        return from_lmdb(committed, doing);
      }
      return database;
    }
    if (code != MDB_NOTFOUND) return from_lmdb(code, doing);
    if (read_only_) return not_found("there is no database " + name + " in " + folder_);
  }
  MT_TRY(LmdbTxn txn, begin_txn(*this, 0));
  if (const int code = mdb_dbi_open(txn.get(), name.c_str(), MDB_CREATE, &database); code != 0) {
    return from_lmdb(code, doing);
  }
  if (const int code = mdb_txn_commit(txn.release()); code != 0) return from_lmdb(code, doing);
  return database;
}

Result<LmdbTxn> begin_txn(const LmdbEnv& env, unsigned flags) {
  MDB_txn* txn = nullptr;
  int code = mdb_txn_begin(env.get(), nullptr, flags, &txn);
  if (code == MDB_READERS_FULL) {
    // Perhaps some are those of processes that were killed.
    int dead = 0;
    mdb_reader_check(env.get(), &dead);
    if (dead > 0) code = mdb_txn_begin(env.get(), nullptr, flags, &txn);
  }
  if (code != 0) {
    return from_lmdb(code, "begin a transaction in " + env.folder());
  }
  return LmdbTxn(txn);
}

Result<LmdbCursor> open_cursor(MDB_txn* txn, MDB_dbi database) {
  MDB_cursor* cursor = nullptr;
  if (const int code = mdb_cursor_open(txn, database, &cursor); code != 0) {
    return from_lmdb(code, "open a cursor");
  }
  return LmdbCursor(cursor);
}

}  // namespace mt
