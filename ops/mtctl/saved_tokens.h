// SavedTokens: the access tokens of `mtctl login`, one a server, so that none is ever sent to
// another server. A file of lines "HOST:PORT TOKEN EXPIRY", the last in seconds since 1970; mode
// 0600.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "events/base/result.h"

namespace mt::mtctl {

struct SavedToken {
  std::string token;         // empty: none
  std::int64_t expires = 0;  // seconds since 1970; 0: not known
};

class SavedTokens {
 public:
  explicit SavedTokens(std::string path) : path_(std::move(path)) {}
  // $XDG_CONFIG_HOME/maintemplate/tokens, or the same below ~/.config.
  static SavedTokens of_user();

  const std::string& path() const { return path_; }
  SavedToken find(const std::string& server) const;
  Result<void> save(const std::string& server, const SavedToken& token) const;
  // Whether there was one.
  Result<bool> remove(const std::string& server) const;

 private:
  using ByServer = std::map<std::string, SavedToken>;
  ByServer read() const;
  Result<void> write(const ByServer& all) const;

  std::string path_;
};

}  // namespace mt::mtctl
