// NewDataFolder: a data folder that is being made of logs from elsewhere. It becomes one at its
// completion, at once; before that no container takes it for one, and whoever makes it again begins
// anew. One thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "events/event_log.h"
#include "ops/data/file_handle.h"

namespace mt {

class NewDataFolder {
 public:
  // What an earlier try left is removed. FAILED_PRECONDITION when the folder holds anything else;
  // UNAVAILABLE when it cannot be made, or another process makes it just now.
  static Result<NewDataFolder> begin(const std::filesystem::path& folder);

  EventLog& log() { return *log_; }
  // A file in secrets/, with mode 0600.
  Result<void> keep_secret(const std::string& name, std::string_view content);
  // The keys of personal data, as a backup has them.
  Result<void> keep_keys(std::string_view copy);
  // Returns after all is flushed. The log is closed by then.
  Result<void> complete();

 private:
  NewDataFolder(std::filesystem::path folder, FileHandle marker, std::unique_ptr<EventLog> log);

  std::filesystem::path folder_;
  FileHandle marker_;  // locked; the lock ends with the descriptor
  std::unique_ptr<EventLog> log_;
};

}  // namespace mt
