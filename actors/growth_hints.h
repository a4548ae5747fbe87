// GrowthHints: tells the bus which logs have grown. The writer's thread calls it after each flush;
// a hint says no more than that it is worth looking.
#pragma once

#include <string>
#include <vector>

#include "bus/bus.h"
#include "events/event_log.h"

namespace mt {

class GrowthHints {
 public:
  // The logs are open; all outlive the hints.
  GrowthHints(const EventLog& log, Bus& bus, const std::vector<ModuleName>& modules);

  // Publishes "mt.grown.<module>" for each log that has grown since the last time. A full bus loses
  // hints; whoever follows a log looks again by itself.
  void publish();

 private:
  struct Followed {
    ModuleName module;
    std::string subject;
    Position head;
  };

  const EventLog& log_;
  Bus& bus_;
  std::vector<Followed> followed_;
};

}  // namespace mt
