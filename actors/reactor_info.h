// What a reactor shows of itself.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "events/base/ids.h"
#include "mt/reactors/v1/reactor.pb.h"

namespace mt {

// Counters are those since the start of the node.
struct ReactorCounts {
  std::uint64_t events = 0;    // answered for
  std::uint64_t commands = 0;  // that were answered ok
  std::uint64_t repeats = 0;   // of them, had had their effect before
  std::uint64_t retries = 0;
  std::uint64_t parked = 0;
};

struct ReactorInfo {
  ModuleName module;
  std::string name;
  ModuleName source;  // whose log it reads
  // running, retrying (some command waits for its next attempt), gated, paused, stopped
  std::string state = "running";
  std::string reason = {};
  Position checkpoint = {};  // all up to here is answered for, but for streams that are behind
  Position head = {};        // of the source
  std::size_t at_work = 0;   // events
  std::size_t in_flight = 0;
  std::size_t waiting = 0;      // streams whose command waits for its next attempt
  std::size_t catching_up = 0;  // streams
  std::size_t parked = 0;       // streams
  ReactorCounts counts = {};
  // Its streams that are behind. Never null.
  std::shared_ptr<const reactors::v1::ReactorState> known =
      std::make_shared<reactors::v1::ReactorState>();

  std::uint64_t lag() const { return head > checkpoint ? head.value - checkpoint.value : 0; }
  // Why its module is not all well; empty when it is.
  std::string trouble() const;
};

}  // namespace mt
