#include "actors/reactor_effects.h"

#include <algorithm>
#include <charconv>

namespace mt {
namespace {

// The digits at the front of `text`, which is left without them.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

Position position_in(const LogHeads& heads, const ModuleName& module) {
  const auto found = heads.find(module);
  return found == heads.end() ? Position{} : found->second;
}

}  // namespace

std::string ReactionIds::of(const Reaction& reaction) const {
  return prefix_ + std::to_string(reaction.event.value) + "/" + std::to_string(reaction.index);
}

std::optional<Reaction> ReactionIds::parse(std::string_view id) const {
  if (!id.starts_with(prefix_)) return std::nullopt;
  id.remove_prefix(prefix_.size());
  const auto position = take_number(id);
  if (!position || !id.starts_with("/")) return std::nullopt;
  id.remove_prefix(1);
  const auto index = take_number(id);
  if (!index || !id.empty()) return std::nullopt;
  return Reaction{{*position}, static_cast<std::size_t>(*index)};
}

LogHeads heads_of(const EventLog& log) {
  LogHeads heads;
  for (const ModuleName& module : log.modules()) heads[module] = log.head(module);
  return heads;
}

LogHeads lower_heads(const LogHeads& one, const LogHeads& other) {
  LogHeads lower;
  for (const auto& [module, position] : one) {
    lower[module] = std::min(position, position_in(other, module));
  }
  return lower;
}

Result<std::set<Reaction>> effects_since(const EventLog& log, const LogHeads& heads,
                                         const ReactionIds& ids) {
  std::set<Reaction> effects;
  for (const ModuleName& module : log.modules()) {
    const Position from = position_in(heads, module) + 1;
    MT_CHECK_OK(log.scan(module, from, [&](const CommitRecord& record) {
      if (const auto reaction = ids.parse(record.commit.command.id.value)) {
        effects.insert(*reaction);
      }
      return Scan::kGoOn;
    }));
  }
  return effects;
}

}  // namespace mt
