// The bootstrap sets as files: <folder>/<module>/<set>.ndjson, first line the header, each other
// line a command. Read anew each time, so that a set that was put there is found. Any thread.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "actors/node_control.h"

namespace mt {

class BootstrapFolder final : public DataSets {
 public:
  // Shows the sets of `modules` only. A folder that is not there holds no sets.
  BootstrapFolder(std::filesystem::path folder, std::set<ModuleName> modules)
      : folder_(std::move(folder)), modules_(std::move(modules)) {}

  // share/maintemplate/bootstrap beside the folder of this program.
  static std::filesystem::path beside_program();

  Result<std::vector<DataSet>> list() const override;
  Result<void> read(const ModuleName& module, const std::string& name,
                    const std::function<Result<void>(DataSetCommand)>& visit) const override;
  Result<std::string> fingerprint(const ModuleName& module, const std::string& name) const override;

 private:
  struct Fingerprint {
    std::filesystem::file_time_type time;
    std::uintmax_t size = 0;
    std::string hex;
  };

  Result<std::filesystem::path> find(const ModuleName& module, const std::string& name) const;

  const std::filesystem::path folder_;
  const std::set<ModuleName> modules_;
  mutable std::mutex mutex_;
  mutable std::map<std::filesystem::path, Fingerprint> fingerprints_;
};

}  // namespace mt
