#include "ops/backup/new_data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <set>
#include <system_error>
#include <utility>

#include "events/base/file_error.h"
#include "events/key_file.h"
#include "events/lmdb/lmdb_kv.h"
#include "events/lmdb/lmdb_log.h"
#include "events/subject_keys_copy.h"
#include "ops/data/data_format.h"
#include "ops/data/new_file.h"

namespace mt {
namespace {

namespace fs = std::filesystem;

// Holds what `format` will, whose place it takes when all is there.
constexpr char kMarker[] = "format.unfinished";

// Empty, or begun by an earlier try.
Result<void> check_ours(const fs::path& folder) {
  static const std::set<std::string> kOurs{kMarker, "events", "keys", "secrets"};
  std::error_code failure;
  const bool begun = fs::exists(folder / kMarker, failure);
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    const std::string name = entry->path().filename().string();
    if (begun && kOurs.contains(name)) continue;
    return failed_precondition("the folder " + folder.string() + " holds '" + name +
                               "'; name one that is new or empty");
  }
  if (failure) return file_error(failure.value(), "read the folder", folder);
  return {};
}

Result<void> make_folder(const fs::path& folder) {
  std::error_code failure;
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), failure);
  if (!failure && mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    failure = {errno, std::generic_category()};
  if (failure) return file_error(failure.value(), "make the folder", folder);
  if (!fs::is_directory(folder, failure))
    return failed_precondition("the folder " + folder.string() + ": a file is in its place");
  return {};
}

Result<FileHandle> mark(const fs::path& folder) {
  const fs::path file = folder / kMarker;
  FileHandle marker(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!marker) return file_error(errno, "make", file);
  if (flock(marker.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return file_error(errno, "lock", file);
    return unavailable("another process makes the data folder " + folder.string() + " just now");
  }
  const auto size = static_cast<ssize_t>(kDataFormat.size());
  if (ftruncate(marker.get(), 0) != 0 ||
      pwrite(marker.get(), kDataFormat.data(), kDataFormat.size(), 0) != size ||
      fsync(marker.get()) != 0)
    return file_error(errno, "write", file);
  return marker;
}

}  // namespace

NewDataFolder::NewDataFolder(fs::path folder, FileHandle marker, std::unique_ptr<EventLog> log)
    : folder_(std::move(folder)), marker_(std::move(marker)), log_(std::move(log)) {}

Result<NewDataFolder> NewDataFolder::begin(const fs::path& folder) {
  MT_CHECK_OK(make_folder(folder));
  MT_CHECK_OK(check_ours(folder));
  MT_TRY(FileHandle marker, mark(folder));
  if (chmod(folder.c_str(), 0700) != 0) return file_error(errno, "close to others", folder);
  for (const char* name : {"events", "keys", "secrets"}) {
    std::error_code failure;
    fs::remove_all(folder / name, failure);
    if (failure) return file_error(failure.value(), "remove", folder / name);
  }
  MT_TRY(std::unique_ptr<EventLog> log, LmdbLog::open_environment(folder / "events"));
  return NewDataFolder(folder, std::move(marker), std::move(log));
}

Result<void> NewDataFolder::keep_secret(const std::string& name, std::string_view content) {
  const fs::path secrets = folder_ / "secrets";
  if (mkdir(secrets.c_str(), 0700) != 0 && errno != EEXIST)
    return file_error(errno, "make", secrets);
  MT_TRY(NewFile file, NewFile::make(secrets / name));
  MT_CHECK_OK(file.write(content));
  return file.complete();
}

Result<void> NewDataFolder::keep_keys(std::string_view copy) {
  const fs::path keys = folder_ / "keys";
  {
    MT_TRY(const auto env, LmdbKv::open_environment(keys, {}));
    MT_TRY(const auto slots, KeyFile::open(keys / kKeyFile));
    MT_CHECK_OK(put_subject_keys(copy, *env, *slots));
  }
  return flush_folder(keys);
}

Result<void> NewDataFolder::complete() {
  log_.reset();
  MT_CHECK_OK(flush_folder(folder_ / "events"));
  MT_CHECK_OK(flush_folder(folder_));
  if (rename((folder_ / kMarker).c_str(), (folder_ / "format").c_str()) != 0)
    return file_error(errno, "make", folder_ / "format");
  return flush_folder(folder_);
}

}  // namespace mt
