// CityImport: the world's cities on their way into a container, as commands over gRPC, many in
// flight, with a record of what was acknowledged. What a killed container must not have lost.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "ops/client/client.h"
#include "sys/timespace/v1/places.pb.h"

namespace mt::test {

// How many cities a scenario takes for all of them: as many as there are. In a sanitizer's build,
// where each costs ten times as much, a part stands for all.
#ifdef __SANITIZE_ADDRESS__
inline constexpr std::size_t kAllCities = 12'000;
#else
inline constexpr std::size_t kAllCities = 135'233;
#endif

// The first `count` cities of the bootstrap set that the build made.
std::vector<sys::timespace::v1::RegisterPlaceRequest> first_cities(std::size_t count);

class CityImport {
 public:
  static constexpr std::size_t kInFlight = 64;

  explicit CityImport(std::vector<sys::timespace::v1::RegisterPlaceRequest> cities)
      : cities_(std::move(cities)) {}

  // Sends cities from the first unacknowledged one on until `acknowledgements` more have come, or
  // all are in. Returns while others are still in flight: the moment to kill the server.
  void run(const Client& client, std::size_t acknowledgements);
  // Waits for the answers that are out; a killed server's calls fail.
  void settle();

  bool is_complete() const;
  // By place id: the position that the acknowledgement named.
  std::map<std::string, std::uint64_t> acknowledged() const;
  // By place id: the bytes of the reply.
  std::map<std::string, std::string> replies() const;
  // What was refused though the server was up; empty when all is well.
  std::string refusal() const;

 private:
  void send_next(const Client& client);
  void answered(std::size_t index, const Result<std::string>& reply, const CallOutcome& outcome);

  const std::vector<sys::timespace::v1::RegisterPlaceRequest> cities_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t next_ = 0;
  std::size_t in_flight_ = 0;
  std::map<std::string, std::uint64_t> acknowledged_;
  std::map<std::string, std::string> replies_;
  std::vector<std::size_t> again_;  // went unanswered: to be sent again, with the same command id
  std::string refusal_;
};

}  // namespace mt::test
