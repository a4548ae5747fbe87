#include "ops/data/new_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "events/base/file_error.h"

namespace mt {
namespace {

namespace fs = std::filesystem;

}  // namespace

NewFile::NewFile(fs::path file, FileHandle handle)
    : file_(std::move(file)), part_(file_), handle_(std::move(handle)) {
  part_ += ".part";
}

Result<NewFile> NewFile::make(const fs::path& file) {
  const fs::path part = file.string() + ".part";
  FileHandle handle(open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!handle) return file_error(errno, "make", part);
  return NewFile(file, std::move(handle));
}

NewFile::~NewFile() {
  if (handle_) unlink(part_.c_str());
}

Result<void> NewFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(handle_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error(errno, "write", part_);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> NewFile::complete() {
  if (fsync(handle_.get()) != 0) return file_error(errno, "flush", part_);
  if (rename(part_.c_str(), file_.c_str()) != 0) return file_error(errno, "make", file_);
  handle_ = FileHandle();
  return flush_folder_of(file_);
}

Result<void> read_file(const fs::path& file,
                       const std::function<Result<void>(std::string_view)>& sink) {
  const FileHandle handle(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!handle && errno == ENOENT) return not_found("there is no file " + file.string());
  if (!handle) return file_error(errno, "read", file);
  std::string piece(1 << 20, '\0');
  for (;;) {
    const ssize_t got = read(handle.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error(errno, "read", file);
    if (got == 0) return {};
    MT_CHECK_OK(sink(std::string_view(piece).substr(0, static_cast<std::size_t>(got))));
  }
}

}  // namespace mt
