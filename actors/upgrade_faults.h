// UpgradeFaults: what a program cannot do with a log, alike ones together, so that a fault of every
// event takes no more room than one. One thread.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/upcasters.h"

namespace mt {

struct UpgradeFault {
  std::string part;             // what fails: "event", "table mod_main_notices", "entity notice"
  EventKind kind;               // of the events, as the log holds them
  std::string why;              // of the first of them
  std::vector<Position> first;  // the first few
  std::uint64_t count = 0;
};

class UpgradeFaults {
 public:
  static constexpr std::size_t kFirst = 3;

  void add(const std::string& part, const EventKind& kind, Position position, const Error& why);

  // The part is begun again.
  void forget(const std::string& part);

  // In the order of their first positions.
  std::vector<UpgradeFault> all() const;

 private:
  struct Alike {
    std::string part;
    EventKind kind;
    Code code;
    auto operator<=>(const Alike&) const = default;
  };

  std::map<Alike, UpgradeFault> faults_;
};

}  // namespace mt
