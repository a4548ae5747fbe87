// A text file line by line, each of bounded length.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "events/base/result.h"
#include "ops/data/file_handle.h"

namespace mt {

class LineReader {
 public:
  // UNAVAILABLE naming the file when it cannot be opened.
  static Result<LineReader> open(const std::filesystem::path& file);

  // The next line without its end, valid until the next call; none at the end of the file.
  // INVALID_ARGUMENT naming file and line when it is over `longest` bytes.
  Result<std::optional<std::string_view>> next(std::size_t longest);

  // "cities.ndjson:12", of the line that next() gave.
  std::string where() const { return file_ + ":" + std::to_string(number_); }
  std::uint64_t number() const { return number_; }

 private:
  LineReader(std::string file, FileHandle handle)
      : file_(std::move(file)), handle_(std::move(handle)) {}
  Result<bool> fill();

  std::string file_;
  FileHandle handle_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what was not given yet
  std::uint64_t number_ = 0;
};

}  // namespace mt
