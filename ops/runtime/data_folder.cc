#include "ops/runtime/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <set>
#include <string>
#include <system_error>

#include "events/base/file_error.h"
#include "ops/data/data_format.h"
#include "ops/data/folder_file.h"

namespace mt {
namespace {

namespace fs = std::filesystem;

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// A start that was cut off may have left these before the format was written.
Result<void> check_empty(const fs::path& folder) {
  static const std::set<std::string> kOurs{"lock", "format.new"};
  std::error_code failure;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    const std::string name = entry->path().filename().string();
    if (!kOurs.contains(name))
      return failed_precondition("data folder " + folder.string() + " holds '" + name +
                                 "' but no file 'format', so it is no data folder; "
                                 "give a new or an empty one");
  }
  if (failure) return file_error(failure.value(), "read data folder", folder);
  return {};
}

// False: the folder is new or empty.
Result<bool> check_format(const fs::path& folder) {
  MT_TRY(const bool known, has_data_format(folder));
  if (!known) MT_CHECK_OK(check_empty(folder));
  return known;
}

Result<void> make_folder(const fs::path& folder) {
  std::error_code failure;
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), failure);
  if (!failure && mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    failure = {errno, std::generic_category()};
  if (failure) return file_error(failure.value(), "make data folder", folder);
  if (!fs::is_directory(folder, failure))
    return failed_precondition("data folder " + folder.string() + ": a file is in its place");
  return {};
}

Result<FileHandle> lock_folder(const fs::path& folder) {
  const fs::path file = folder / "lock";
  FileHandle lock(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return file_error(errno, "open", file);
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return file_error(errno, "lock", file);
    const auto holder = read_small_file(file);
    const std::string process = holder && *holder ? first_line(**holder) : "";
    return unavailable("another container runs on " + folder.string() +
                       (process.empty() ? "" : ", process " + process) +
                       "; stop that one, or choose another folder");
  }
  const std::string process = std::to_string(getpid()) + "\n";
  const auto size = static_cast<ssize_t>(process.size());
  if (ftruncate(lock.get(), 0) != 0 ||
      pwrite(lock.get(), process.data(), process.size(), 0) != size)
    return file_error(errno, "write", file);
  return lock;
}

}  // namespace

Result<DataFolder> DataFolder::open(const fs::path& folder) {
  MT_CHECK_OK(make_folder(folder));
  MT_TRY(const bool known, check_format(folder));
  MT_TRY(FileHandle lock, lock_folder(folder));
  // Whoever put it there by hand may have left it open to others.
  if (chmod(folder.c_str(), 0700) != 0) return file_error(errno, "close to others", folder);
  if (!known) {
    const auto made = make_small_file(folder / "format", kDataFormat);
    // Another container was faster, and has ended by now.
    if (!made && made.error().code != Code::kAlreadyExists) return made.error();
  }
  DataFolder opened(folder, std::move(lock));
  if (mkdir(opened.secrets().c_str(), 0700) != 0 && errno != EEXIST)
    return file_error(errno, "make", opened.secrets());
  return opened;
}

}  // namespace mt
