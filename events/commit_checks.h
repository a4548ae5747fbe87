// What the writer asks of a commit before it becomes a fact: is its command new, is its stream at
// the expected version, does its condition hold, are its claims free? Answered from the derived
// state and the overlay together.
#pragma once

#include <optional>

#include "events/derived.h"
#include "events/event_log.h"
#include "events/overlay.h"
#include "events/writer.h"

namespace mt {

// The answer to a command whose id is known: that of the first time; ALREADY_EXISTS when it came
// with another request then.
Result<std::optional<Appended>> answer_again(const CommandRef& command, CommandResult first);

class CommitChecks {
 public:
  // One batch's view; the overlay has forgotten what the view holds.
  CommitChecks(const ModuleName& module, const EventLog& log, const DerivedView& derived,
               const Overlay& overlay)
      : module_(module), log_(log), derived_(derived), overlay_(overlay) {}

  // The first time's answer when the command id is known; none when it is new or was forgotten by
  // `now`; ALREADY_EXISTS when it came with another request.
  Result<std::optional<Appended>> known_command(const CommandRef& command, Time now) const;
  // ABORTED unless the stream is at the expected version.
  Result<void> check_version(const Commit& commit) const;
  // ABORTED naming the tags and the event when one has come that the commit's condition excludes;
  // also when so many came that it would take too long to tell. FAILED_PRECONDITION when it is said
  // to be read further than the log goes.
  Result<void> check_condition(const Commit& commit) const;
  // ALREADY_EXISTS when another entity holds a claim, FAILED_PRECONDITION when one is released that
  // the entity does not hold.
  Result<void> check_claims(const Commit& commit) const;

 private:
  Result<std::optional<CommandResult>> first_result(const CommandId& id) const;
  std::optional<StreamId> holder(const Claim& claim) const;
  static Result<void> check_none(const AppendCondition& condition, NextTagged next);

  const ModuleName& module_;
  const EventLog& log_;
  const DerivedView& derived_;
  const Overlay& overlay_;
};

}  // namespace mt
