#include "bus/edges/listen_address.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <memory>
#include <string_view>

namespace mt {
namespace {

struct HostPort {
  std::string host;
  std::string port;
};

// "[::1]:7440" and "127.0.0.1:7440" alike; the port is empty when there is none.
HostPort split(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) return {std::string(address), ""};
  std::string_view host = address.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  return {std::string(host), std::string(address.substr(colon + 1))};
}

// Empty when a socket can be bound there.
std::string try_binding(const addrinfo& target) {
  const int fd = socket(target.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return std::strerror(errno);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  std::string why;
  if (bind(fd, target.ai_addr, target.ai_addrlen) != 0 || listen(fd, 1) != 0)
    why = std::strerror(errno);
  close(fd);
  return why;
}

}  // namespace

Result<void> check_listen_address(const std::string& address) {
  const HostPort parts = split(address);
  unsigned port = 0;
  const char* const end = parts.port.data() + parts.port.size();
  const auto [stop, failure] = std::from_chars(parts.port.data(), end, port);
  if (parts.host.empty() || failure != std::errc() || stop != end || port > 65535)
    return invalid_argument("cannot listen on '" + address +
                            "': an address is HOST:PORT, like 127.0.0.1:7440 or [::1]:7440");
  return {};
}

std::string with_port(const std::string& address, int port) {
  return address.substr(0, address.rfind(':') + 1) + std::to_string(port);
}

std::string why_not_listening(const std::string& address) {
  const HostPort parts = split(address);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (const int failure = getaddrinfo(parts.host.c_str(), parts.port.c_str(), &hints, &found))
    return gai_strerror(failure);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  for (const addrinfo* target = found; target != nullptr; target = target->ai_next)
    if (std::string why = try_binding(*target); !why.empty()) return why;
  return {};
}

}  // namespace mt
