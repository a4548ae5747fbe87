#include "actors/reactor_ports.h"

#include <algorithm>
#include <string>

namespace mt {

std::chrono::milliseconds back_off(const std::string& command, std::uint32_t attempts,
                                   const ReactorLimits& limits) {
  const std::uint32_t doublings = std::min(attempts == 0 ? 0 : attempts - 1, 20u);
  const auto whole =
      std::min(limits.longest_back_off, limits.first_back_off * (std::int64_t{1} << doublings));
  const std::size_t spread = std::hash<std::string>{}(command + std::to_string(attempts)) % 256;
  return whole - whole * static_cast<std::int64_t>(spread) / 1024;
}

bool passes(Code code) {
  return code == Code::kUnavailable || code == Code::kAborted || code == Code::kResourceExhausted ||
         code == Code::kDeadlineExceeded;
}

}  // namespace mt
