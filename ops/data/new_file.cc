#include "ops/data/new_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace mt {
namespace {

namespace fs = std::filesystem;

Error failed(const std::string& verb, const fs::path& file) {
  const int error = errno;
  const bool is_full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  return {is_full ? Code::kResourceExhausted : Code::kUnavailable,
          "cannot " + verb + " " + file.string() + ": " + std::strerror(error) +
              (is_full ? "; make room on the disk and do it again" : "")};
}

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

}  // namespace

NewFile::NewFile(fs::path file, FileHandle handle)
    : file_(std::move(file)), part_(file_), handle_(std::move(handle)) {
  part_ += ".part";
}

Result<NewFile> NewFile::make(const fs::path& file) {
  const fs::path part = file.string() + ".part";
  FileHandle handle(open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!handle) return failed("make", part);
  return NewFile(file, std::move(handle));
}

NewFile::~NewFile() {
  if (handle_) unlink(part_.c_str());
}

Result<void> NewFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(handle_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("write", part_);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> NewFile::complete() {
  if (fsync(handle_.get()) != 0) return failed("flush", part_);
  if (rename(part_.c_str(), file_.c_str()) != 0) return failed("make", file_);
  handle_ = FileHandle();
  return flush_folder(folder_of(file_));
}

Result<void> flush_folder(const fs::path& folder) {
  const FileHandle handle(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle || fsync(handle.get()) != 0) return failed("flush", folder);
  return {};
}

Result<void> read_file(const fs::path& file,
                       const std::function<Result<void>(std::string_view)>& sink) {
  const FileHandle handle(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!handle && errno == ENOENT) return not_found("there is no file " + file.string());
  if (!handle) return failed("read", file);
  std::string piece(1 << 20, '\0');
  for (;;) {
    const ssize_t got = read(handle.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", file);
    if (got == 0) return {};
    MT_CHECK_OK(sink(std::string_view(piece).substr(0, static_cast<std::size_t>(got))));
  }
}

}  // namespace mt
