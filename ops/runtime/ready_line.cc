#include "ops/runtime/ready_line.h"

#include <cstdio>

namespace mt {
namespace {

std::string two_places(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", seconds);
  return text;
}

}  // namespace

std::string ready_line(const std::vector<std::string>& listening, const std::string& version,
                       double seconds) {
  std::string first;
  std::string others;
  std::string socket;
  for (const std::string& address : listening) {
    if (address.starts_with("unix:")) {
      socket = address.substr(5);
    } else if (first.empty()) {
      first = address;
    } else {
      others += (others.empty() ? "" : ",") + address;
    }
  }
  std::string line = "ready";
  if (!first.empty()) line += " grpc=" + first;
  if (!others.empty()) line += " also=" + others;
  line += " version=" + version + " seconds=" + two_places(seconds);
  if (!socket.empty()) line += " socket=" + socket;
  return line + "\n";
}

std::string demo_line(std::uint64_t events, double seconds) {
  return "demo loaded events=" + std::to_string(events) + " seconds=" + two_places(seconds) + "\n";
}

}  // namespace mt
