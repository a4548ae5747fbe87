// PendingCommand: a command that was taken and not yet answered. It is answered exactly once: one
// that is dropped on its way (its host was killed) answers UNAVAILABLE by itself.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "actors/entity_hosts.h"

namespace mt {

class PendingCommand {
 public:
  // `answered` is called right after the answer has gone out.
  PendingCommand(EntityCommand command, std::function<void()> answered)
      : command_(std::move(command)), answered_(std::move(answered)) {}
  ~PendingCommand() {
    if (answered_) answer(unavailable("the entity's host ended before it came to this command"));
  }
  PendingCommand(const PendingCommand&) = delete;
  PendingCommand& operator=(const PendingCommand&) = delete;

  const EntityCommand& operator*() const { return command_; }
  const EntityCommand* operator->() const { return &command_; }

  void answer(Result<Reply> reply) {
    command_.respond(std::move(reply));
    std::exchange(answered_, nullptr)();
  }

  std::uint32_t attempts = 0;  // decisions so far

 private:
  EntityCommand command_;
  std::function<void()> answered_;
};

using PendingPtr = std::shared_ptr<PendingCommand>;

}  // namespace mt
