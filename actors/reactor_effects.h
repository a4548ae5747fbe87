// What reactors have done, as the logs tell it: each of their commands has an id that says which
// event it answers, so that a repeat is known for one by the command results, and by the logs
// themselves when these have forgotten it. Pure but for reading.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/event_log.h"
#include "mt/reactors/v1/reactor.pb.h"

namespace mt {

// One command of an event: its place among those that the event is answered with.
struct Reaction {
  Position event;
  std::size_t index = 0;

  auto operator<=>(const Reaction&) const = default;
};

// "rx/<module>.<reactor>/<position>/<index>"
class ReactionIds {
 public:
  ReactionIds(const ModuleName& module, const std::string& reactor)
      : prefix_("rx/" + module.value + "." + reactor + "/") {}

  std::string of(const Reaction& reaction) const;
  // None when the id is not one of these.
  std::optional<Reaction> parse(std::string_view id) const;

 private:
  std::string prefix_;
};

// Room that module and reactor have in an id, which is an idempotency key.
inline constexpr std::size_t kLongestReactorName = 90;

using LogHeads = std::map<ModuleName, Position>;

LogHeads heads_of(const EventLog& log);
// The lower one of each; a log that either does not name counts from its beginning.
LogHeads lower_heads(const LogHeads& one, const LogHeads& other);

template <typename Heads>
void put_heads(const LogHeads& heads, Heads& into) {
  for (const auto& [module, position] : heads) {
    auto& head = *into.Add();
    head.set_module(module.value);
    head.set_position(position.value);
  }
}
template <typename Heads>
LogHeads heads_from(const Heads& heads) {
  LogHeads from;
  for (const auto& head : heads) from[{head.module()}] = {head.position()};
  return from;
}

// The commands among `ids` that stand in the logs behind `heads`. Reads all of that.
Result<std::set<Reaction>> effects_since(const EventLog& log, const LogHeads& heads,
                                         const ReactionIds& ids);

}  // namespace mt
