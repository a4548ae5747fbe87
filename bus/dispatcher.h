// The dispatcher: the one way to a method, below every edge. It finds the method, admits or refuses
// the call, establishes the caller, parses, validates, authorises, gives the command its id and
// digest, runs the handler where it belongs, and counts. An in-process caller is checked like a
// remote one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bus/call.h"
#include "bus/method.h"

namespace mt {

struct DispatcherLimits {
  std::uint32_t in_flight = 1024;    // unary calls at once; beyond: RESOURCE_EXHAUSTED
  std::uint32_t watches = 64;        // open streams, each with a thread of its own
  std::uint32_t workers = 2;         // threads of the worker pool
  std::uint32_t worker_queue = 256;  // calls waiting for a worker; beyond: RESOURCE_EXHAUSTED
  // The same for tasks that anyone may call, signed in or not: a pool of their own, so that a flood
  // of strangers keeps nobody else from the workers.
  std::uint32_t public_workers = 1;
  std::uint32_t public_queue = 32;
  std::chrono::milliseconds default_deadline{10'000};
  std::chrono::milliseconds longest_deadline{300'000};
};

// Counters since the start, for status and metrics.
struct CallCounts {
  std::uint64_t started = 0;
  std::uint64_t refused = 0;  // answered with an error
  std::uint32_t in_flight = 0;
};

class Dispatcher {
 public:
  explicit Dispatcher(DispatcherLimits limits);
  ~Dispatcher();  // stop()

  // Adds a method; before start. FAILED_PRECONDITION naming it when its .proto lacks a kind or an
  // access option, names a field that the request lacks, or its handler does not fit its kind;
  // ALREADY_EXISTS when another module offers it.
  Result<void> add(Method method);
  // Every method of `service` has a handler, or an error that names those that lack one.
  Result<void> check_complete(const google::protobuf::ServiceDescriptor& service) const;
  // Without one, tokens are refused with UNAUTHENTICATED.
  void set_authenticator(std::shared_ptr<const Authenticator> authenticator);

  void start();
  // Refuses new calls with UNAVAILABLE, closes the streams of watches, lets calls in flight end, up
  // to `patience`, then ends the workers (calls that wait for one are answered UNAVAILABLE) and
  // waits for the handlers of watches to return.
  void stop(std::chrono::milliseconds patience = std::chrono::seconds(20));

  // Null when there is no such method: an edge answers UNIMPLEMENTED.
  const Method* find(std::string_view name) const;
  std::vector<const Method*> methods() const;  // by name

  // A unary call with a serialized request; `respond` is called exactly once.
  void call(CallInput input, std::string_view request, Respond respond);
  // The same with a message of the method's request type (in-process callers).
  void call(CallInput input, std::shared_ptr<const Message> request, Respond respond);
  // A watch; the outcome of a refused one reaches `stream->finish`.
  void watch(CallInput input, std::string_view request, std::shared_ptr<ReplyStream> stream);

  // For in-process callers on threads that may wait: calls and blocks for the answer.
  Result<Reply> call_and_wait(CallInput input, std::shared_ptr<const Message> request);

  CallCounts counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mt
