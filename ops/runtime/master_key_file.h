// MasterKeyFile: the master key of personal data in a file of its own, 32 random bytes, mode 0600.
// It may lie elsewhere than the data folder: whoever has both can read everything.
#pragma once

#include <filesystem>

#include "events/subject_keys.h"

namespace mt {

class MasterKeyFile final : public MasterKey {
 public:
  explicit MasterKeyFile(std::filesystem::path file) : file_(std::move(file)) {}

  // UNAVAILABLE when the file has another size, or others than its owner may read it.
  Result<std::optional<std::string>> find() override;
  Result<std::string> make() override;
  std::string place() const override { return "the file " + file_.string(); }

 private:
  const std::filesystem::path file_;
};

}  // namespace mt
