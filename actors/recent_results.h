// RecentResults: the answers of an entity's keyed commands whose commits the tables do not hold
// yet, so that a repeat which comes that early is recognised too.
#pragma once

#include <list>
#include <utility>

#include "events/overlay.h"
#include "events/record.h"

namespace mt {

class RecentResults {
 public:
  void add(CommandId id, CommandResult result) {
    results_.emplace_back(std::move(id), std::move(result));
  }

  // The derived state answers for what is applied.
  void forget(Position applied) {
    while (!results_.empty() && results_.front().second.last <= applied) results_.pop_front();
  }

  const CommandResult* find(const CommandId& id) const {
    for (const auto& [known, result] : results_) {
      if (known == id) return &result;
    }
    return nullptr;
  }

 private:
  std::list<std::pair<CommandId, CommandResult>> results_;  // in the order of the log
};

}  // namespace mt
