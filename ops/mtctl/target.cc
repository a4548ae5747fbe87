#include "ops/mtctl/target.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace mt::mtctl {
namespace {

// 0 when a process takes connections there, else errno.
int try_connecting(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return ENAMETOOLONG;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  const int failed =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
  close(fd);
  return failed;
}

std::string how_to_start(const std::string& data) {
  return "start one with: maintemplate2 --data " + data +
         "; or say where it is with --data DIR or --server HOST:PORT";
}

// Whether a container holds the folder. The kernel's list is read, because to try the lock would be
// to take it for a moment, in which a container could not start.
bool is_held(const std::string& data) {
  struct stat lock {};
  if (stat((data + "/lock").c_str(), &lock) != 0) return false;
  const std::string inode = ":" + std::to_string(lock.st_ino) + " ";
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);)
    if (line.find("FLOCK") != std::string::npos && line.find(inode) != std::string::npos)
      return true;
  return false;
}

Error explain(int failure, const Target& target) {
  const std::string none = "no container runs on " + target.data;
  if ((failure == ENOENT || failure == ECONNREFUSED) && is_held(target.data))
    return unavailable("the container on " + target.data +
                       " is starting or stopping, or serves no socket; when it starts, its output "
                       "shows how far it is");
  if (failure == ENOENT && !std::filesystem::exists(target.data))
    return unavailable(none + ": there is no such folder; " + how_to_start(target.data));
  if (failure == ENOENT)
    return unavailable(none + ": it has no socket mt.sock; " + how_to_start(target.data));
  if (failure == ECONNREFUSED)
    return unavailable(none + ": it ended without removing its socket; " +
                       how_to_start(target.data));
  if (failure == EACCES || failure == EPERM)
    return permission_denied("the socket " + target.socket() +
                             " is another user's; be that user, or sign in with --server "
                             "HOST:PORT and mtctl login");
  return unavailable("cannot connect to " + target.socket() + ": " + std::strerror(failure));
}

}  // namespace

Result<void> check_reachable(const Target& target) {
  if (!target.is_local()) return {};
  const int failure = try_connecting(target.socket());
  if (failure == 0) return {};
  return explain(failure, target);
}

}  // namespace mt::mtctl
