// NewFile: a large file that is there whole or not at all. It is written under a name of its own,
// `<name>.part`, flushed, and then given its name. One thread.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "events/base/result.h"
#include "ops/data/file_handle.h"

namespace mt {

class NewFile {
 public:
  // Mode 0600. UNAVAILABLE naming the file.
  static Result<NewFile> make(const std::filesystem::path& file);
  NewFile(NewFile&&) noexcept = default;
  NewFile& operator=(NewFile&&) = delete;
  // Removes what was written, unless it was completed.
  ~NewFile();

  // RESOURCE_EXHAUSTED when the disk is full; UNAVAILABLE naming the file otherwise.
  Result<void> write(std::string_view bytes);
  // Returns after the file and its name are flushed.
  Result<void> complete();

 private:
  NewFile(std::filesystem::path file, FileHandle handle);

  std::filesystem::path file_;
  std::filesystem::path part_;
  FileHandle handle_;  // none once it is complete
};

// Gives the file's bytes to the sink, a piece after the other. NOT_FOUND, or UNAVAILABLE naming it.
Result<void> read_file(const std::filesystem::path& file,
                       const std::function<Result<void>(std::string_view)>& sink);

}  // namespace mt
