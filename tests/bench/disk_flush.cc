#include "tests/bench/disk_flush.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

namespace mt::bench {
namespace {

void checked(bool holds, const char* what) {
  if (!holds) throw std::system_error(errno, std::generic_category(), what);
}

class ScratchFile {
 public:
  explicit ScratchFile(std::filesystem::path path)
      : path_(std::move(path)), fd_(::open(path_.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
    checked(fd_ >= 0, path_.c_str());
  }
  ~ScratchFile() {
    ::close(fd_);
    ::unlink(path_.c_str());
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  void write_at(off_t at) {
    const std::array<char, 4096> page{1};
    checked(::pwrite(fd_, page.data(), page.size(), at) == std::ssize(page), "pwrite");
  }
  void flush() { checked(::fdatasync(fd_) == 0, "fdatasync"); }

 private:
  const std::filesystem::path path_;
  const int fd_;
};

}  // namespace

std::chrono::nanoseconds measure_disk_flush(const std::filesystem::path& folder, int times) {
  ScratchFile file(folder / "flush");
  // The file has its size before: its growth is not what is asked for.
  for (int i = 0; i < times; ++i) file.write_at(off_t{4096} * i);
  file.flush();
  std::vector<std::chrono::nanoseconds> took;
  for (int i = 0; i < times; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    file.write_at(off_t{4096} * i);
    file.flush();
    took.push_back(std::chrono::steady_clock::now() - begin);
  }
  const auto middle = took.begin() + times / 2;
  std::ranges::nth_element(took, middle);
  return *middle;
}

}  // namespace mt::bench
