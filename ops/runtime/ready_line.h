// The lines on stdout that scripts wait for. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mt {

// "ready grpc=127.0.0.1:7440 version=0.1.0 seconds=0.21 socket=./data/mt.sock"; `also=` names the
// addresses after the first, the socket's path comes last since it may hold spaces.
std::string ready_line(const std::vector<std::string>& listening, const std::string& version,
                       double seconds);

// "demo loaded events=135482 seconds=9.31"
std::string demo_line(std::uint64_t events, double seconds);

}  // namespace mt
