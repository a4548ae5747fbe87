#include "bus/edges/socket_file.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mt {
namespace {

// A socket that nobody answers is left over: its process was killed before it could remove it.
bool somebody_listens(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const bool refused = !connected && errno == ECONNREFUSED;
  close(fd);
  return !refused;
}

}  // namespace

Result<void> clear_socket_path(const std::string& path) {
  if (path.size() >= sizeof(sockaddr_un::sun_path))
    return invalid_argument(
        "unix socket path is " + std::to_string(path.size()) + " bytes long, the system allows " +
        std::to_string(sizeof(sockaddr_un::sun_path) - 1) + "; use a shorter data folder: " + path);
  struct stat file {};
  if (lstat(path.c_str(), &file) != 0) {
    if (errno == ENOENT) return {};
    return unavailable("unix socket " + path + ": " + std::strerror(errno));
  }
  if (!S_ISSOCK(file.st_mode))
    return invalid_argument("unix socket " + path + ": a file that is no socket is in its place");
  if (somebody_listens(path))
    return unavailable("unix socket " + path + ": another process listens on it");
  if (unlink(path.c_str()) != 0)
    return unavailable("unix socket " + path +
                       " is left over, but cannot be removed: " + std::strerror(errno));
  return {};
}

}  // namespace mt
