#include "ops/runtime/line_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mt {
namespace {

constexpr std::size_t kChunk = 64 << 10;

Error unreadable(const std::string& file) {
  return unavailable("cannot read " + file + ": " + std::strerror(errno));
}

}  // namespace

Result<LineReader> LineReader::open(const std::filesystem::path& file) {
  FileHandle handle(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!handle) return unreadable(file.string());
  return LineReader(file.string(), std::move(handle));
}

Result<std::optional<std::string_view>> LineReader::next(std::size_t longest) {
  ++number_;
  std::size_t searched = begin_;
  for (;;) {
    const std::size_t end = buffer_.find('\n', searched);
    if (std::min(end, buffer_.size()) - begin_ > longest)
      return invalid_argument(where() + ": the line is over " + std::to_string(longest) + " bytes");
    if (end != std::string::npos) {
      const std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
      begin_ = end + 1;
      return std::optional(line);
    }
    buffer_.erase(0, begin_);
    begin_ = 0;
    searched = buffer_.size();
    MT_TRY(const bool more, fill());
    if (!more) break;
  }
  if (buffer_.empty()) return std::optional<std::string_view>();
  begin_ = buffer_.size();
  return std::optional(std::string_view(buffer_));  // a last line without its end
}

Result<bool> LineReader::fill() {
  const std::size_t before = buffer_.size();
  buffer_.resize(before + kChunk);
  ssize_t got = 0;
  do {
    got = read(handle_.get(), buffer_.data() + before, kChunk);
  } while (got < 0 && errno == EINTR);
  buffer_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0) return unreadable(file_);
  return got > 0;
}

}  // namespace mt
