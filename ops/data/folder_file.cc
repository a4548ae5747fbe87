#include "ops/data/folder_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "events/base/file_error.h"
#include "ops/data/file_handle.h"

namespace mt {
namespace {

constexpr std::size_t kLongest = 64 << 10;

Result<void> write_all(int fd, std::string_view content, const std::filesystem::path& file) {
  while (!content.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error(errno, "write", file);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (fsync(fd) != 0) return file_error(errno, "flush", file);
  return {};
}

// The content under a name of this process's own; link() then gives it its place, unless another
// was faster.
Result<void> write_and_link(const std::filesystem::path& own, const std::filesystem::path& file,
                            std::string_view content) {
  const FileHandle handle(open(own.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!handle) return file_error(errno, "make", own);
  MT_CHECK_OK(write_all(handle.get(), content, own));
  if (link(own.c_str(), file.c_str()) != 0) {
    if (errno == EEXIST) return already_exists(file.string() + " exists");
    return file_error(errno, "make", file);
  }
  return {};
}

}  // namespace

Result<std::optional<std::string>> read_small_file(const std::filesystem::path& file) {
  const FileHandle handle(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!handle && errno == ENOENT) return std::optional<std::string>();
  if (!handle) return file_error(errno, "read", file);
  std::string content(kLongest + 1, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t got = read(handle.get(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error(errno, "read", file);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > kLongest) return unavailable("cannot read " + file.string() + ": it is too long");
  content.resize(size);
  return std::optional(std::move(content));
}

Result<void> make_small_file(const std::filesystem::path& file, std::string_view content) {
  std::filesystem::path own = file;
  own += ".new";
  const auto made = write_and_link(own, file, content);
  unlink(own.c_str());
  MT_CHECK_OK(made);
  return flush_folder_of(file);
}

}  // namespace mt
