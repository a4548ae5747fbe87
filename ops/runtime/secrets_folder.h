// Secrets as files of the data folder: <module>.<name>, 32 random bytes each, mode 0600, made at
// first use and never changed. Any thread.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>

#include "actors/deps.h"

namespace mt {

class SecretsFolder final : public Secrets {
 public:
  explicit SecretsFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // UNAVAILABLE also when the file has another size, or others than its owner may read it: a
  // secret that leaked or was cut off must not be used quietly.
  Result<std::string> get(const ModuleName& module, const std::string& name) override;

 private:
  const std::filesystem::path folder_;
  std::mutex mutex_;  // of two that make one secret, the second waits and reads
};

}  // namespace mt
