#include "actors/growth_hints.h"

#include <utility>

namespace mt {

GrowthHints::GrowthHints(const EventLog& log, Bus& bus, const std::vector<ModuleName>& modules)
    : log_(log), bus_(bus) {
  for (const ModuleName& module : modules) {
    followed_.push_back({module, "mt.grown." + module.value, log.head(module)});
  }
}

void GrowthHints::publish() {
  for (Followed& followed : followed_) {
    const Position head = log_.head(followed.module);
    if (head == followed.head) continue;
    followed.head = head;
    (void)bus_.publish({followed.subject, {}, {}});
  }
}

}  // namespace mt
