#include "actors/module_signs.h"

#include <algorithm>
#include <string>

namespace mt {
namespace {

class Worst {
 public:
  Worst(ModuleState state, const std::string& reason) : verdict_{state, reason} {}

  void add(ModuleState state, const std::string& reason) {
    if (reason.empty()) return;
    verdict_.state = std::max(verdict_.state, state);
    verdict_.reason += (verdict_.reason.empty() ? "" : "; ") + reason;
  }
  const ModuleVerdict& verdict() const { return verdict_; }

 private:
  ModuleVerdict verdict_;
};

std::string parked_text(const TableState& table) {
  if (table.parked == 0) return {};
  return "table " + table.name + " leaves out " + std::to_string(table.parked) +
         (table.parked == 1 ? " stream" : " streams") + "; see: mtctl parked list " + table.name;
}

}  // namespace

ModuleVerdict judge(const ModuleSigns& signs) {
  static_assert(ModuleState::kRunning < ModuleState::kDegraded &&
                    ModuleState::kDegraded < ModuleState::kStopped &&
                    ModuleState::kStopped < ModuleState::kFailed,
                "the states are ordered from good to bad");
  ModuleState state = signs.supervised.state;
  if (signs.node == NodePhase::kStarting) state = ModuleState::kStarting;
  if (signs.node == NodePhase::kServing) state = std::max(state, ModuleState::kRunning);
  Worst worst(state, signs.supervised.reason);
  if (signs.node == NodePhase::kStopped) worst.add(ModuleState::kStopped, "the node has stopped");
  for (const TableState& table : signs.tables) {
    worst.add(ModuleState::kDegraded, table.failure);
    worst.add(ModuleState::kDegraded, parked_text(table));
  }
  for (const std::string& why : signs.reactors) worst.add(ModuleState::kDegraded, why);
  worst.add(ModuleState::kFailed, signs.tables_stopped);
  worst.add(ModuleState::kDegraded, signs.writer_stopped);
  return worst.verdict();
}

}  // namespace mt
