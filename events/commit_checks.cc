#include "events/commit_checks.h"

#include <algorithm>
#include <utility>

namespace mt {
namespace {

std::string hex(const Digest& digest) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

// Of a condition, in the index: the writer's thread works for all modules. What a decision reads is
// as a rule a moment old, and little has come since.
constexpr std::size_t kMostConditionSteps = 10'000;

bool contains(const std::vector<Claim>& claims, const Claim& claim) {
  return std::find(claims.begin(), claims.end(), claim) != claims.end();
}

}  // namespace

Result<std::optional<Appended>> answer_again(const CommandRef& command, CommandResult first) {
  if (first.digest != command.digest) {
    return already_exists("the command id '" + command.id.value +
                          "' was used for another request, digest " + hex(first.digest) +
                          "; use a new id for a new request");
  }
  return std::optional<Appended>(Appended{first.last, first.version, true,
                                          std::move(first.reply_type), std::move(first.reply)});
}

Result<std::optional<Appended>> CommitChecks::known_command(const CommandRef& command,
                                                            Time now) const {
  if (!command.keyed) return std::optional<Appended>();
  MT_TRY(std::optional<CommandResult> first, first_result(command.id));
  if (!first || is_forgotten(command.id, first->time, now, derived_.remembered(module_))) {
    return std::optional<Appended>();
  }
  return answer_again(command, *std::move(first));
}

Result<std::optional<CommandResult>> CommitChecks::first_result(const CommandId& id) const {
  if (const CommandResult* recent = overlay_.command(id)) return std::optional(*recent);
  const std::optional<Position> position = derived_.command(module_, id);
  if (!position) return std::optional<CommandResult>();
  Result<CommitRecord> record = log_.at(module_, *position);
  if (!record && record.error().code != Code::kNotFound) return std::move(record).error();
  if (!record || record->commit.command.id != id) {
    return derived_damage(module_, "it names another record for a command than the command's own");
  }
  CommandRef& first = record->commit.command;
  return std::optional(CommandResult{record->last(), record->last_version(), first.digest,
                                     std::move(first.reply_type), std::move(first.reply),
                                     record->time});
}

Result<void> CommitChecks::check_version(const Commit& commit) const {
  const std::optional<Version> recent = overlay_.stream_version(commit.stream);
  const Version found = recent ? *recent : derived_.stream_version(module_, commit.stream);
  if (found == commit.expected) return {};
  return aborted("stream " + to_string(commit.stream) + " is at version " +
                 std::to_string(found.value) + ", not " + std::to_string(commit.expected.value) +
                 "; load it and decide again");
}

Result<void> CommitChecks::check_condition(const Commit& commit) const {
  if (!commit.condition) return {};
  const AppendCondition& condition = *commit.condition;
  const Position head = log_.head(module_);
  if (condition.after > head) {
    return failed_precondition("the decision rests on position " +
                               std::to_string(condition.after.value) + ", the log ends at " +
                               std::to_string(head.value));
  }
  MT_CHECK_OK(check_none(condition, [this](const std::string& tag, Position after) {
    return derived_.next_tagged(module_, tag, after);
  }));
  return check_none(condition, [this](const std::string& tag, Position after) {
    return overlay_.next_tagged(tag, after);
  });
}

Result<void> CommitChecks::check_none(const AppendCondition& condition, NextTagged next) {
  TagSearch search(condition.query, condition.after, std::move(next), kMostConditionSteps);
  const std::string since = std::to_string(condition.after.value);
  if (const auto match = search.next()) {
    return aborted("the event at position " + std::to_string(match->at.value) + ", tagged " +
                   to_string(*match->item) + ", came after position " + since +
                   "; load again and decide again");
  }
  if (!search.gave_up()) return {};
  return aborted("too much has come after position " + since +
                 " to tell whether it changes the decision; load again and decide again");
}

std::optional<StreamId> CommitChecks::holder(const Claim& claim) const {
  if (const StreamId* recent = overlay_.claim_holder(claim)) {
    if (recent->category.empty()) return std::nullopt;
    return *recent;
  }
  return derived_.claim_holder(module_, claim);
}

Result<void> CommitChecks::check_claims(const Commit& commit) const {
  for (const Claim& claim : commit.released) {
    if (holder(claim) == commit.stream) continue;
    return failed_precondition("the " + claim.scope + " that is given up is not held by " +
                               to_string(commit.stream));
  }
  for (const Claim& claim : commit.taken) {
    const std::optional<StreamId> now = holder(claim);
    if (!now || *now == commit.stream || contains(commit.released, claim)) continue;
    return already_exists("the " + claim.scope + " is taken");
  }
  return {};
}

}  // namespace mt
