#include "actors/log_kinds.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "projections/fold.h"

namespace mt {
namespace {

using Kinds = std::map<EventKind, Position>;

struct Known {
  Kinds kinds;
  Position applied;
};

// An earlier program's derived state tells nothing: the log is read from its start.
Result<Known> known_kinds(const KvEnv& tables, const DerivedStore& derived,
                          const ModuleName& module) {
  const auto kv = tables.read();
  Known known;
  if (derived.is_current(*kv, module)) {
    known.kinds = derived.kinds(*kv, module);
    known.applied = derived.view()->applied(module);
  }
  MT_CHECK_OK(kv->status());
  return known;
}

// A log that cannot be read on is met again by those who follow it.
Result<void> add_rest(const EventLog& log, const ModuleName& module, Known& known,
                      const OnFold& progress) {
  const Position head = log.head(module);
  if (known.applied >= head) return {};
  FoldMeter meter(module.value, head, progress, known.applied);
  Result<void> outcome;
  (void)log.scan(module, known.applied + 1, [&](const CommitRecord& record) {
    for (std::size_t i = 0; i < record.commit.events.size(); ++i) {
      const StoredEvent& event = record.commit.events[i];
      known.kinds.try_emplace({event.type, event.schema}, record.first + i);
    }
    outcome = meter.at(record.last());
    return outcome ? Scan::kGoOn : Scan::kStop;
  });
  return outcome;
}

struct Unreadable {
  Position first;
  std::string why;
};

Result<void> refuse(const Module& module, std::vector<Unreadable> unreadable) {
  if (unreadable.empty()) return {};
  std::ranges::sort(unreadable, {}, &Unreadable::first);
  const std::size_t more = unreadable.size() - 1;
  return failed_precondition(
      "module " + module.name().value + ": this program cannot take over its log: at position " +
      std::to_string(unreadable.front().first.value) + " begins " + unreadable.front().why +
      (more == 0 ? "" : "; and " + std::to_string(more) + " more of its kinds of events") +
      "; start the program that wrote them, or one that knows them; the command check-upgrade of "
      "this program shows all that it cannot do");
}

}  // namespace

Result<void> check_kinds(const std::vector<Module>& modules, const EventLog& log,
                         const KvEnv& tables, DerivedStore& derived, const OnFold& progress) {
  for (const Module& module : modules) {
    MT_CHECK_OK(derived.open(module.name(), module.remembered()));
    MT_TRY(Known known, known_kinds(tables, derived, module.name()));
    MT_CHECK_OK(add_rest(log, module.name(), known, progress));
    const EventTypes types = module.event_types();
    std::vector<Unreadable> unreadable;
    for (const auto& [kind, first] : known.kinds) {
      const auto can = types.can_read(kind, module.upcasters());
      if (!can) unreadable.push_back({first, can.error().message});
    }
    MT_CHECK_OK(refuse(module, std::move(unreadable)));
  }
  return {};
}

}  // namespace mt
