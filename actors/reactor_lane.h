// ReactorLane: the events of one stream that a reactor is at, in order. Plain data of the
// reactors' thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "actors/reactor.h"
#include "actors/reactor_effects.h"

namespace mt {

// One event that must be answered, as the newest schema has it.
struct ReactorItem {
  Position position;
  Version version;
  StoredEvent event;
  Time time;
  Origin origin;
  CommandId command;
  std::shared_ptr<const LogHeads> heads;  // no effect of it stands before these
  std::optional<Error> fault = {};        // why it cannot be read
};

struct ReactorLane {
  using Instant = std::chrono::steady_clock::time_point;
  enum class Phase {
    kReady,    // may go on
    kSending,  // a command is in flight
    kWaiting,  // for the next attempt
    kParking,  // until the log says that it is parked
  };

  // A stream behind the mark reads its own events; that of others come with the log's.
  struct Behind {
    Version next;                       // first one that was not answered for
    Position position;                  // of that one, or a place before it
    std::deque<Position> records = {};  // of the stream from `next` on, as far as they are known
    std::shared_ptr<const LogHeads> heads = {};
  };

  StreamId stream;
  Phase phase = Phase::kReady;
  std::deque<ReactorItem> items = {};
  std::optional<Behind> behind = {};

  // Of the first item:
  std::optional<CommandCalls> calls = {};
  std::size_t next = 0;  // the command that comes next
  std::uint32_t attempts = 0;
  std::optional<Instant> first_attempt = {};
  std::string why = {};  // the last attempt failed
};

}  // namespace mt
