// The data folder of a container, as in docs/DATA.md: checked, made when it is new, and locked for
// this process as long as the object lives.
#pragma once

#include <filesystem>
#include <string>

#include "events/base/result.h"
#include "ops/data/file_handle.h"

namespace mt {

class DataFolder {
 public:
  // FAILED_PRECONDITION when the folder is of another format, or holds other people's files;
  // nothing is touched then. UNAVAILABLE naming the process when another container serves it.
  static Result<DataFolder> open(const std::filesystem::path& folder);

  std::filesystem::path events() const { return folder_ / "events"; }
  std::filesystem::path tables() const { return folder_ / "tables"; }
  std::filesystem::path keys() const { return folder_ / "keys"; }
  std::filesystem::path secrets() const { return folder_ / "secrets"; }
  std::filesystem::path socket() const { return folder_ / "mt.sock"; }

 private:
  DataFolder(std::filesystem::path folder, FileHandle lock)
      : folder_(std::move(folder)), lock_(std::move(lock)) {}

  std::filesystem::path folder_;
  FileHandle lock_;  // the lock ends with the descriptor, also when the process is killed
};

}  // namespace mt
