// Erasure: what the erasing of a subject has come to. Plain.
#pragma once

#include <string>
#include <vector>

#include "events/base/clock.h"
#include "events/base/ids.h"
#include "projections/live_tables.h"

namespace mt {

struct Erasure {
  // The events that held personal data of the subject.
  struct Events {
    ModuleName module;
    std::vector<Position> sealed;  // what they held can be read by nobody
    std::vector<Position>
        in_clear;  // older ones: their bytes still say it, though no reader is told
  };

  std::string subject;
  Time time{};  // of the key's end
  std::vector<Events> events;
  std::vector<FoldReport> tables;  // folded anew
};

}  // namespace mt
