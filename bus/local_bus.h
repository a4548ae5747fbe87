// The bus of a node on its own: one thread and a bounded queue, in memory. Keeps the promises of
// Bus that a bus between nodes keeps, so that modules see no difference.
#pragma once

#include <cstddef>
#include <memory>

#include "bus/bus.h"

namespace mt {

class LocalBus final : public Bus {
 public:
  explicit LocalBus(std::size_t most_waiting = 4096);
  // What still waits is dropped; requests are answered UNAVAILABLE. Subscriptions may outlive the
  // bus.
  ~LocalBus() override;

  Result<void> publish(BusMessage message) override;
  Result<std::unique_ptr<Subscription>> subscribe(std::string pattern, Handler handler) override;
  Result<std::unique_ptr<Subscription>> respond(std::string subject, Responder responder) override;
  // On the bus's own thread the responder runs at once, without a timeout: waiting would be for
  // itself.
  Result<std::string> request(BusMessage message, std::chrono::milliseconds timeout) override;

 private:
  class Impl;
  const std::shared_ptr<Impl> impl_;
};

}  // namespace mt
