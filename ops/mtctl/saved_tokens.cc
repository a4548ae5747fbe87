#include "ops/mtctl/saved_tokens.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace mt::mtctl {
namespace {

std::string config_folder() {
  if (const char* config = std::getenv("XDG_CONFIG_HOME"); config != nullptr && *config == '/')
    return config;
  const char* home = std::getenv("HOME");
  return std::string(home == nullptr ? "." : home) + "/.config";
}

Error cannot_write(const std::string& path) {
  return internal("cannot write " + path + ": " + std::strerror(errno));
}

// The whole file or the one before, never half of it.
Result<void> replace_file(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  const int fd = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return cannot_write(fresh);
  const bool written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (close(fd) != 0 || !written) return cannot_write(fresh);
  if (rename(fresh.c_str(), path.c_str()) != 0) return cannot_write(path);
  return {};
}

}  // namespace

SavedTokens SavedTokens::of_user() { return SavedTokens(config_folder() + "/maintemplate/tokens"); }

SavedToken SavedTokens::find(const std::string& server) const {
  const auto all = read();
  const auto found = all.find(server);
  return found == all.end() ? SavedToken() : found->second;
}

Result<void> SavedTokens::save(const std::string& server, const SavedToken& token) const {
  auto all = read();
  all[server] = token;
  return write(all);
}

Result<bool> SavedTokens::remove(const std::string& server) const {
  auto all = read();
  if (all.erase(server) == 0) return false;
  MT_CHECK_OK(write(all));
  return true;
}

Result<void> SavedTokens::write(const ByServer& all) const {
  std::string text;
  for (const auto& [server, saved] : all)
    text += server + " " + saved.token + " " + std::to_string(saved.expires) + "\n";
  std::error_code failure;
  std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), failure);
  return replace_file(path_, text);
}

SavedTokens::ByServer SavedTokens::read() const {
  ByServer all;
  std::ifstream file(path_);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string server;
    SavedToken saved;
    if (!(words >> server >> saved.token)) continue;
    // Without the third word 0 is read: not known.
    words >> saved.expires;
    all[server] = saved;
  }
  return all;
}

}  // namespace mt::mtctl
