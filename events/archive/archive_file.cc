#include "events/archive/archive_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "events/base/file_error.h"

namespace mt {
namespace {

namespace fs = std::filesystem;

// Whoever else writes to the disk, the log above all, is to find some room.
constexpr std::uint64_t kRoomLeft = std::uint64_t{32} << 20;

Result<void> check_room(int handle, const fs::path& file) {
  struct statvfs disk {};
  if (fstatvfs(handle, &disk) != 0) return file_error(errno, "ask for the room for", file);
  const std::uint64_t room = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  if (room >= kRoomLeft) return {};
  return Error{Code::kResourceExhausted,
               "the disk of " + file.string() + " has " + std::to_string(room >> 20) +
                   " MiB left, and " + std::to_string(kRoomLeft >> 20) +
                   " MiB are left to others; make room on the disk and do it again"};
}

}  // namespace

Result<NewArchiveFile> NewArchiveFile::make(const fs::path& file) {
  const std::string part = file.string() + ".part";
  const int handle = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (handle < 0) return file_error(errno, "make", part);
  return NewArchiveFile(file, handle);
}

NewArchiveFile::NewArchiveFile(NewArchiveFile&& other) noexcept
    : file_(std::move(other.file_)), handle_(std::exchange(other.handle_, -1)) {}

NewArchiveFile::~NewArchiveFile() {
  if (handle_ < 0) return;
  close(handle_);
  unlink(part().c_str());
}

Result<void> NewArchiveFile::write(std::string_view bytes) {
  MT_CHECK_OK(check_room(handle_, part()));
  while (!bytes.empty()) {
    const ssize_t written = ::write(handle_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error(errno, "write", part());
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> NewArchiveFile::complete_as(const fs::path& file) {
  if (fsync(handle_) != 0) return file_error(errno, "flush", part());
  if (rename(part().c_str(), file.c_str()) != 0) return file_error(errno, "make", file);
  close(std::exchange(handle_, -1));
  return flush_folder_of(file);
}

Result<ArchiveFile> ArchiveFile::open(const fs::path& file) {
  const int handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (handle < 0 && errno == ENOENT) return data_loss("there is no file " + file.string());
  if (handle < 0) return file_error(errno, "read", file);
  ArchiveFile opened(file, handle, 0);
  struct stat found {};
  if (fstat(handle, &found) != 0) return file_error(errno, "read", file);
  opened.size_ = static_cast<std::uint64_t>(found.st_size);
  return opened;
}

ArchiveFile::ArchiveFile(ArchiveFile&& other) noexcept
    : file_(std::move(other.file_)),
      handle_(std::exchange(other.handle_, -1)),
      size_(other.size_) {}

ArchiveFile::~ArchiveFile() {
  if (handle_ >= 0) close(handle_);
}

Result<std::string> ArchiveFile::read(std::uint64_t offset, std::size_t bytes) const {
  std::string into(bytes, '\0');
  for (std::size_t got = 0; got < bytes;) {
    const ssize_t more =
        pread(handle_, into.data() + got, bytes - got, static_cast<off_t>(offset + got));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return file_error(errno, "read", file_);
    if (more == 0) return data_loss("the file " + file_.string() + " is cut short");
    got += static_cast<std::size_t>(more);
  }
  return into;
}

Result<void> make_archive_folder(const fs::path& folder) {
  struct stat found {};
  if (stat(folder.c_str(), &found) == 0 && S_ISDIR(found.st_mode)) return {};
  if (folder.has_parent_path()) MT_CHECK_OK(make_archive_folder(folder.parent_path()));
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return file_error(errno, "make the folder", folder);
  return flush_folder_of(folder);
}

}  // namespace mt
