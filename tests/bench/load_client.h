// A load on a server: so many unary calls in flight at every moment, from one thread, so that the
// client takes as little as it can of the cores that it shares with the server.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace mt::bench {

struct Load {
  std::string target;  // "HOST:PORT" or "unix:<path>"
  std::string method;  // "package.Service/Method"
  // The serialized request of the n-th call, from 0.
  std::function<std::string(std::uint64_t)> request;
  // The n-th call's idempotency key; empty: none is sent.
  std::function<std::string(std::uint64_t)> key = {};
  std::string token = {};  // bearer; empty: none
  int in_flight = 1;
  // Ends after so many calls or so much time, whichever comes first.
  std::uint64_t calls = UINT64_MAX;
  std::chrono::milliseconds duration{1000};
};

struct LoadReport {
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;
  std::string first_failure;
  double seconds = 0;  // from the first call to the last answer
  double per_second = 0;
  std::chrono::nanoseconds p50{0};  // of the answered ones
  std::chrono::nanoseconds p99{0};
};

// Connects first, which is not measured. Blocks until the last answer is in.
LoadReport put_load(const Load& load);

}  // namespace mt::bench
