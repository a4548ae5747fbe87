#include "events/lmdb/compacted_copy.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include "events/base/check.h"
#include "events/base/file_error.h"
#include "events/base/log.h"
#include "events/lmdb/error.h"

namespace mt {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

// A piece is read in one transaction, which pins pages only for as long as it takes to copy it.
constexpr std::size_t kPieceBytes = 1 << 20;
constexpr std::size_t kPieceEntries = 4096;

// Whoever else writes to the disk, the log above all, is to find some room.
constexpr std::uint64_t kRoomLeft = std::uint64_t{32} << 20;

fs::path beside(fs::path folder) { return folder += ".compact"; }

Result<void> exchange(const fs::path& one, const fs::path& other) {
  if (renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0) return {};
  if (errno == EINVAL || errno == ENOSYS) {
    return failed_precondition("the file system of " + other.string() +
                               " cannot exchange two folders in one step, as a compaction does");
  }
  return file_error(errno, "exchange the folders of", other);
}

// Tells the progress ten times a second at most.
class Meter {
 public:
  Meter(std::uint64_t all, const OnCompaction& progress) : all_(all), progress_(progress) {}

  // False: to be ended.
  bool at(std::uint64_t entries) {
    const auto now = SteadyClock::now();
    if (!progress_ || now - last_ < std::chrono::milliseconds(100)) return true;
    last_ = now;
    const double seconds = std::chrono::duration<double>(now - start_).count();
    CompactionProgress report{entries, std::max(all_, entries), 0, 0};
    report.entries_per_second = static_cast<double>(entries) / seconds;
    if (entries > 0) {
      report.seconds_left = static_cast<double>(report.all - entries) / report.entries_per_second;
    }
    return progress_(report);
  }

 private:
  const std::uint64_t all_;
  const OnCompaction& progress_;
  const SteadyClock::time_point start_ = SteadyClock::now();
  SteadyClock::time_point last_{};
};

}  // namespace

std::uint64_t file_bytes(const LmdbEnv& env) {
  mdb_filehandle_t file{};
  struct stat found {};
  if (mdb_env_get_fd(env.get(), &file) != 0 || fstat(file, &found) != 0) return 0;
  return static_cast<std::uint64_t>(found.st_size);
}

void CompactedCopy::remove_left(const fs::path& folder) {
  std::error_code ignored;  // what stays is in the way of the next copy, which says so
  fs::remove_all(beside(folder), ignored);
}

Result<CompactedCopy> CompactedCopy::make(const fs::path& folder, LmdbOptions options,
                                          const std::map<std::string, StoreId>& stores) {
  remove_left(folder);
  CompactedCopy made(folder, stores);
  MT_CHECK_OK(made.check_room());
  MT_TRY(made.env_, LmdbEnv::open(beside(folder), options));
  made.env_->set_lazy(true);
  MT_CHECK_OK(made.open_stores());
  return made;
}

CompactedCopy::~CompactedCopy() {
  if (folder_.empty()) return;
  env_.reset();
  remove_left(folder_);
}

// The ids are LMDB's, given one after the other: in the same order they are the same.
Result<void> CompactedCopy::open_stores() {
  std::map<StoreId, std::string> by_id;
  for (const auto& [name, id] : stores_) by_id.emplace(id, name);
  for (const auto& [id, name] : by_id) {
    MT_TRY(const MDB_dbi database, env_->open_database(name));
    if (database != id.value) return internal("the copy's store " + name + " has another number");
  }
  return {};
}

Result<void> CompactedCopy::fill(const KvEnv& from, const OnCompaction& progress) {
  std::uint64_t all = 0;
  {
    const auto kv = from.read();
    for (const auto& [name, store] : stores_) all += kv->size(store);
  }
  Meter meter(all, progress);
  for (const auto& [name, store] : stores_) {
    std::string after;
    for (bool more = true; more;) {
      MT_CHECK_OK(check_room());
      const auto kv = from.read();
      MT_TRY(more, copy_piece(*kv, store, after));
      if (!meter.at(entries_)) return Error{Code::kCancelled, "it was cancelled"};
    }
  }
  return {};
}

// From behind the key `after`, which becomes the last one copied. False: there is no more.
Result<bool> CompactedCopy::copy_piece(const KvReader& from, StoreId store, std::string& after) {
  MT_TRY(LmdbTxn txn, begin_txn(*env_, 0));
  std::size_t bytes = 0;
  std::size_t entries = 0;
  int code = 0;
  std::string_view last;
  from.scan(store, "", after, Order::kForward, [&](std::string_view key, std::string_view value) {
    MDB_val raw_key = to_val(key);
    MDB_val raw_value = to_val(value);
    code = mdb_put(txn.get(), store.value, &raw_key, &raw_value, MDB_APPEND);
    if (code != 0) return Scan::kStop;
    last = key;
    bytes += key.size() + value.size();
    ++entries;
    return bytes < kPieceBytes && entries < kPieceEntries ? Scan::kGoOn : Scan::kStop;
  });
  MT_CHECK_OK(from.status());
  if (code != 0) return from_lmdb(code, "write the copy in " + env_->folder());
  if (entries == 0) return false;
  after = std::string(last);
  entries_ += entries;
  code = mdb_txn_commit(txn.release());
  if (code != 0) return from_lmdb(code, "write the copy in " + env_->folder());
  return true;
}

Result<void> CompactedCopy::repeat(const ChangeJournal& changes) {
  if (changes.empty()) return {};
  MT_CHECK_OK(check_room());
  MT_TRY(LmdbTxn txn, begin_txn(*env_, 0));
  MT_CHECK_OK(changes.replay(txn.get()));
  const int code = mdb_txn_commit(txn.release());
  if (code != 0) return from_lmdb(code, "write the copy in " + env_->folder());
  return {};
}

Result<void> CompactedCopy::flush() {
  const int code = mdb_env_sync(env_->get(), 1);
  if (code != 0) return from_lmdb(code, "flush the copy in " + env_->folder());
  return flush_folder(env_->folder());
}

Result<std::shared_ptr<LmdbEnv>> CompactedCopy::take_place() {
  check(env_ != nullptr, "a copy takes a place once");
  MT_CHECK_OK(flush());
  env_->set_lazy(false);
  MT_CHECK_OK(exchange(beside(folder_), folder_));
  env_->set_folder(folder_.string());
  // There is no way back from here. Were the exchange lost by a power cut, the next start would
  // find the older file, and fold what it lacks.
  const auto flushed = flush_folder_of(folder_);
  if (!flushed) Logger("lmdb").error("exchange not flushed", {{"reason", flushed.error().message}});
  return std::move(env_);
}

Result<void> CompactedCopy::check_room() const {
  struct statvfs disk {};
  if (statvfs(folder_.c_str(), &disk) != 0)
    return file_error(errno, "ask for the room beside", folder_);
  const std::uint64_t room = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  if (room >= kRoomLeft) return {};
  return Error{Code::kResourceExhausted,
               "the disk of " + folder_.string() + " has " + std::to_string(room >> 20) +
                   " MiB left, and a compaction leaves " + std::to_string(kRoomLeft >> 20) +
                   " MiB to others; make room and do it again"};
}

}  // namespace mt
