#include "events/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "events/base/check.h"
#include "events/base/file_error.h"

namespace mt {
namespace {

off_t offset_of(std::uint64_t slot) { return static_cast<off_t>(slot * KeySlots::kSlotBytes); }

}  // namespace

Result<std::unique_ptr<KeyFile>> KeyFile::open(const std::filesystem::path& file) {
  MT_TRY(std::unique_ptr<KeyFile> opened, open(file, O_RDWR | O_CREAT));
  if (opened->next_ == 0) MT_CHECK_OK(flush_folder_of(file));
  return opened;
}

Result<std::unique_ptr<KeyFile>> KeyFile::open_to_read(const std::filesystem::path& file) {
  return open(file, O_RDONLY);
}

Result<std::unique_ptr<KeyFile>> KeyFile::open(const std::filesystem::path& file, int flags) {
  const std::string name = file.string();
  const int handle = ::open(name.c_str(), flags | O_CLOEXEC, 0600);
  if (handle < 0) return file_error(errno, "open", name);
  struct stat found {};
  if (fstat(handle, &found) != 0) {
    const int error = errno;
    close(handle);
    return file_error(error, "open", name);
  }
  return std::unique_ptr<KeyFile>(
      new KeyFile(name, handle, static_cast<std::uint64_t>(found.st_size)));
}

KeyFile::~KeyFile() { close(handle_); }

Error KeyFile::failed(const std::string& what) const { return file_error(errno, what, name_); }

Result<void> KeyFile::write_at(std::uint64_t slot, std::string_view bytes) {
  for (off_t at = offset_of(slot); !bytes.empty();) {
    const ssize_t written = pwrite(handle_, bytes.data(), bytes.size(), at);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("write to");
    bytes.remove_prefix(static_cast<std::size_t>(written));
    at += written;
  }
  if (fdatasync(handle_) != 0) return failed("flush");
  return {};
}

Result<std::uint64_t> KeyFile::append(const std::vector<std::string>& wrapped) {
  std::string bytes;
  bytes.reserve(wrapped.size() * kSlotBytes);
  for (const std::string& one : wrapped) {
    check(one.size() == kSlotBytes, "a wrapped key fills its slot");
    bytes += one;
  }
  if (auto written = write_at(next_, bytes); !written) {
    // Gives back what room it took; should that fail, the next append writes over it.
    if (ftruncate(handle_, offset_of(next_)) != 0) return failed("shorten");
    return std::move(written).error();
  }
  return std::exchange(next_, next_ + wrapped.size());
}

Result<std::string> KeyFile::read(std::uint64_t slot) const {
  std::string bytes(kSlotBytes, '\0');
  std::size_t size = 0;
  while (size < kSlotBytes) {
    const ssize_t got = pread(handle_, bytes.data() + size, kSlotBytes - size,
                              offset_of(slot) + static_cast<off_t>(size));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read");
    if (got == 0) return data_loss(name_ + " has no slot " + std::to_string(slot));
    size += static_cast<std::size_t>(got);
  }
  return bytes;
}

Result<void> KeyFile::wipe(std::uint64_t slot) {
  MT_TRY(const std::string there, read(slot));
  const std::string zeros(kSlotBytes, '\0');
  return there == zeros ? Result<void>() : write_at(slot, zeros);
}

}  // namespace mt
