#include "events/base/file_error.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace mt {

Error file_error(int error, const std::string& doing, const std::filesystem::path& file) {
  const std::string why =
      "cannot " + doing + " " + file.string() + ": " + std::generic_category().message(error);
  const bool is_full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  if (is_full) return {Code::kResourceExhausted, why + "; make room on the disk and do it again"};
  return unavailable(why);
}

Result<void> flush_folder(const std::filesystem::path& folder) {
  const int handle = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool flushed = handle >= 0 && fsync(handle) == 0;
  const int error = errno;
  if (handle >= 0) close(handle);
  if (!flushed) return file_error(error, "flush the folder", folder);
  return {};
}

Result<void> flush_folder_of(const std::filesystem::path& file) {
  return flush_folder(file.has_parent_path() ? file.parent_path() : std::filesystem::path("."));
}

}  // namespace mt
