// BackupFolder: the folder of a backup: a manifest and the files that it names. Files that it does
// not name are those of a step that was cut short, and are removed by the next one.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "events/archive/log_receiver.h"
#include "mt/ops/v1/backup.pb.h"
#include "ops/data/file_handle.h"

namespace mt {

class BackupFolder {
 public:
  // To be written to: made when it is missing, locked. FAILED_PRECONDITION when it holds files that
  // are no backup's; UNAVAILABLE when another process writes to it.
  static Result<BackupFolder> open_to_write(const std::filesystem::path& folder);
  // NOT_FOUND when it holds no manifest.
  static Result<BackupFolder> open_to_read(const std::filesystem::path& folder);

  // Without steps: there is no backup yet.
  const ops::v1::BackupManifest& manifest() const { return manifest_; }
  // Where the backup's logs end.
  std::map<ModuleName, Anchor> ends() const;

  // Where the file of that name goes.
  std::filesystem::path file(const std::string& name) const { return folder_ / name; }
  // The file's bytes, and at their end DATA_LOSS when they are not those that were written.
  Result<void> read(const ops::v1::BackedUpFile& file,
                    const std::function<Result<void>(std::string_view)>& sink) const;
  // The manifest names this file of keys from the next step on, and no other.
  void replace_keys(ops::v1::BackedUpFile keys) { *manifest_.mutable_keys() = std::move(keys); }
  // The step's files are there by then. The manifest takes the place of the one before at once, and
  // files that it does not name any more are removed.
  Result<void> add(ops::v1::BackupStep step);

 private:
  explicit BackupFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<void> load();
  Result<void> remove_what_is_not_named() const;

  std::filesystem::path folder_;
  FileHandle lock_;
  ops::v1::BackupManifest manifest_;
};

}  // namespace mt
