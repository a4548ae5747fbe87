// SavedTokens: the access tokens of `mtctl login`, one a server, so that none is ever sent to
// another server. A file of lines "HOST:PORT TOKEN", mode 0600.
#pragma once

#include <map>
#include <string>

#include "events/base/result.h"

namespace mt::mtctl {

class SavedTokens {
 public:
  explicit SavedTokens(std::string path) : path_(std::move(path)) {}
  // $XDG_CONFIG_HOME/maintemplate/tokens, or the same below ~/.config.
  static SavedTokens of_user();

  const std::string& path() const { return path_; }
  // Empty when there is none.
  std::string find(const std::string& server) const;
  // An empty token removes the server's.
  Result<void> save(const std::string& server, const std::string& token) const;

 private:
  std::map<std::string, std::string> read() const;

  std::string path_;
};

}  // namespace mt::mtctl
