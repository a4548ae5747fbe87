// The file of a unix socket: its path must be short enough, nobody may live there, and only its
// owner may open it.
#pragma once

#include <sys/stat.h>

#include <string>

#include "events/base/result.h"

namespace mt {

// INVALID_ARGUMENT when the path cannot be a socket's; UNAVAILABLE when a process listens there.
// Removes the file that a killed process left.
Result<void> clear_socket_path(const std::string& path);

// Files made while it lives have mode 0600 at most. Holds for the whole process, so keep it short.
class OwnerOnlyFiles {
 public:
  OwnerOnlyFiles() : before_(umask(0177)) {}
  ~OwnerOnlyFiles() { umask(before_); }
  OwnerOnlyFiles(const OwnerOnlyFiles&) = delete;
  OwnerOnlyFiles& operator=(const OwnerOnlyFiles&) = delete;

 private:
  const mode_t before_;
};

}  // namespace mt
