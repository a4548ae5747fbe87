#include "actors/entity_host.h"

#include <exception>
#include <utility>

#include "actors/command_answer.h"
#include "actors/tagged_reader.h"
#include "events/base/check.h"
#include "events/base/log.h"
#include "events/commit_checks.h"

namespace mt {
namespace {

Error late() {
  return {Code::kDeadlineExceeded, "the deadline passed before the command was decided"};
}

}  // namespace

EntityHost::EntityHost(EntityIdentity entity, HostPorts ports, const HostLimits& limits,
                       HostReturn& back, Position committed)
    : entity_(std::move(entity)),
      ports_(ports),
      limits_(limits),
      back_(back),
      committed_(committed) {}

void EntityHost::take(PendingPtr command) {
  waiting_.push_back(std::move(command));
  work();
}

std::list<PendingPtr> EntityHost::take_waiting() { return std::exchange(waiting_, {}); }

void EntityHost::work() {
  while (!is_busy() && !waiting_.empty() && failure_.empty()) {
    current_ = std::move(waiting_.front());
    waiting_.pop_front();
    attempt();
  }
}

// The whole way of the current command, or a part of it up to where it must wait. The entity's
// code, and its module's upcasters, run in here and nowhere else.
void EntityHost::attempt() {
  try {
    if (const Result<void> may = may_decide(); !may) return answer(may.error(), {});
    if (!loaded_.state && ports_.tables.applied(entity_.module) < committed_) {
      return wait_for_tables();
    }
    {
      const std::unique_ptr<DerivedView> view = ports_.derived.view();
      Result<std::optional<Appended>> known = known_command(*view);
      if (!known) return answer(std::move(known).error(), committed_);
      if (*known) return answer_again(**std::move(known));
      if (const Result<void> ready = load(*view); !ready) {
        // An upcaster that throws is the module's code.
        if (ready.error().code == Code::kInternal) return fail(ready.error().message);
        return answer(ready.error(), {});
      }
    }
    decide();
  } catch (const std::exception& thrown) {
    fail(thrown.what());
  } catch (...) {
    fail("an exception of unknown type");
  }
}

Result<void> EntityHost::may_decide() const {
  if (!back_.in_service()) {
    return unavailable(entity_.module.value + " is out of service after failures; try again later");
  }
  if (std::chrono::steady_clock::now() >= (*current_)->call->deadline) return late();
  return {};
}

// A repeated command is answered by what it did the first time, whatever the entity says by now.
Result<std::optional<Appended>> EntityHost::known_command(const DerivedView& view) {
  const CommandRef& command = (*current_)->call->command;
  if (!command.keyed) return std::optional<Appended>();
  recent_.forget(view.applied(entity_.module));
  if (const CommandResult* recent = recent_.find(command.id)) {
    return mt::answer_again(command, *recent);
  }
  static const Overlay nothing_newer;
  MT_TRY(std::optional<Appended> known,
         CommitChecks(entity_.module, ports_.log, view, nothing_newer)
             .known_command(command, ports_.clock.now()));
  if (!known) MT_CHECK_OK(view.status());
  return known;
}

Result<void> EntityHost::load(const DerivedView& view) {
  if (loaded_.state) return {};
  // Tables that have stopped do not know what was written since.
  if (view.applied(entity_.module) < ports_.log.head(entity_.module) &&
      !ports_.tables.failure(entity_.module).empty()) {
    return tables_stopped(ports_.tables, entity_.module);
  }
  MT_TRY(loaded_, load_entity(entity_, view, ports_.log));
  if (!loaded_.unused) return {};
  back_.set_aside(*loaded_.unused);
  if (limits_.snapshot_every > 0 || limits_.snapshot_after.count() > 0) keep_snapshot();
  return {};
}

void EntityHost::decide() {
  const EntityCommand& command = **current_;
  if (command.must_exist && loaded_.version.value == 0) {
    return answer(not_found("there is no " + to_string(entity_.stream)), committed_);
  }
  ++current_->attempts;
  TaggedReader tagged(entity_, ports_.derived, ports_.log);
  Result<bool> erased = ports_.personal ? ports_.personal->is_erased(entity_.stream) : false;
  if (!erased) return answer(std::move(erased).error(), {});
  const DecideContext context{entity_.stream.id,    loaded_.version, ports_.clock.now(),
                              command.call->caller, *erased,         &tagged};
  Result<Decided> decided = loaded_.state->decide(*command.command, context);
  if (!tagged.status()) {
    loaded_ = {};  // it may have followed a decision that rests on half of what there is
    return answer(tagged.status().error(), committed_);
  }
  if (!decided) return answer(std::move(decided).error(), committed_);
  if (!decided->events.empty()) return append(*std::move(decided), tagged.condition());
  if (!decided->taken.empty() || !decided->released.empty()) {
    return fail("it decided about claims without an event that keeps them");
  }
  answer(first_reply(entity_.module, std::move(decided->reply), {}), committed_);
}

void EntityHost::append(Decided decided, const std::optional<AppendCondition>& condition) {
  // What is written now could not be answered for: its caller would try again, and do it twice.
  if (!ports_.tables.failure(entity_.module).empty()) {
    loaded_ = {};  // it has followed a decision that does not become a fact
    return answer(tables_stopped(ports_.tables, entity_.module), {});
  }
  const CallContext& call = *(*current_)->call;
  reply_ = std::move(decided.reply);
  Commit commit;
  commit.stream = entity_.stream;
  commit.expected = loaded_.version;
  commit.events = std::move(decided.events);
  commit.command = call.command;
  commit.command.reply_type.clear();
  commit.command.reply.clear();
  commit.origin = call.origin;
  commit.taken = std::move(decided.taken);
  commit.released = std::move(decided.released);
  commit.condition = condition;
  most_attempts_ = condition ? limits_.attempts_by_tags : limits_.attempts;
  Result<PersonalData::Leases> leases = seal(commit);
  if (!leases) {
    loaded_ = {};  // it has followed a decision that does not become a fact
    return answer(std::move(leases).error(), committed_);
  }
  hand_over(std::move(commit), *std::move(leases));
}

// Puts the reply into the commit, too, when it is kept.
Result<PersonalData::Leases> EntityHost::seal(Commit& commit) {
  PersonalData::Leases leases;
  if (ports_.personal) {
    MT_TRY(leases, ports_.personal->seal(entity_.module, commit));
  }
  if (!commit.command.keyed || !reply_) return leases;
  if (!ports_.personal) {
    commit.command.reply_type = reply_->GetDescriptor()->full_name();
    commit.command.reply = reply_->SerializeAsString();
    return leases;
  }
  MT_TRY(auto more,
         ports_.personal->seal_reply(entity_.module, entity_.stream, *reply_, commit.command));
  leases.insert(leases.end(), more.begin(), more.end());
  return leases;
}

// The leases end with the writer's answer, whatever becomes of this host.
void EntityHost::hand_over(Commit commit, PersonalData::Leases leases) {
  appending_ = commit.command;
  AppendDone done = back_.appended();
  if (!leases.empty()) {
    done = [done = std::move(done), leases = std::move(leases)](Result<Appended> outcome) {
      done(std::move(outcome));
    };
  }
  ports_.writer.append(entity_.module, std::move(commit), std::move(done));
}

void EntityHost::appended(Result<Appended> outcome) {
  if (outcome && !outcome->repeated) {
    accepted(*outcome);
  } else {
    loaded_ = {};  // it has followed a decision that did not become a fact
    if (outcome) {
      answer_again(*std::move(outcome));
    } else if (outcome.error().code == Code::kAborted) {
      conflict(std::move(outcome).error());
    } else {
      answer(std::move(outcome).error(), committed_);
    }
  }
  work();
}

void EntityHost::accepted(const Appended& appended) {
  loaded_.version = appended.version;
  committed_ = appended.last;
  if (appending_.keyed) {
    recent_.add(appending_.id, {appended.last, appended.version, appending_.digest,
                                std::move(appending_.reply_type), std::move(appending_.reply)});
  }
  if (!loaded_.unsaved_since) loaded_.unsaved_since = ports_.clock.now();
  if (is_snapshot_due()) keep_snapshot();
  answer(first_reply(entity_.module, std::move(reply_), appended.last), appended.last);
}

// Somebody else has written to the stream, or what the decision has read by tags. The next one must
// see that.
void EntityHost::conflict(Error error) {
  committed_ = ports_.log.head(entity_.module);
  if (current_->attempts >= most_attempts_) {
    error.message = "decided " + std::to_string(current_->attempts) +
                    (current_->attempts == 1 ? " time" : " times") +
                    ", and others were faster; the last time " + error.message;
    return answer(std::move(error), {});
  }
  wait_for_tables();
}

void EntityHost::wait_for_tables() {
  ports_.tables.when_applied(entity_.module, committed_, back_.tables_reached());
}

void EntityHost::tables_reached(bool reached) {
  if (reached) {
    attempt();
  } else {
    answer(tables_stopped(ports_.tables, entity_.module), {});
  }
  work();
}

void EntityHost::fail(const std::string& reason) {
  check(is_busy(), "the entity's code runs only for a command");
  failure_ = reason;
  loaded_ = {};
  const CallContext& call = *(*current_)->call;
  Logger("actors").error("entity code failed", {{"module", entity_.module.value},
                                                {"stream", to_string(entity_.stream)},
                                                {"command", call.command.id.value},
                                                {"correlation", call.origin.correlation},
                                                {"reason", reason}});
  answer(internal("the code of " + to_string(entity_.stream) +
                  " failed; the log says why, under correlation " + call.origin.correlation),
         {});
}

bool EntityHost::is_snapshot_due() const {
  const std::uint64_t since = loaded_.version.value - loaded_.snapshot.value;
  if (limits_.snapshot_every > 0 && since >= limits_.snapshot_every) return true;
  return limits_.snapshot_after.count() > 0 &&
         ports_.clock.now() - *loaded_.unsaved_since >= limits_.snapshot_after;
}

void EntityHost::keep_snapshot() {
  if (loaded_.version.value == 0) return;
  std::optional<std::string> state = loaded_.state->save();
  if (!state) return;
  ports_.tables.put_snapshot(entity_.module, entity_.stream,
                             {loaded_.version, entity_.type.code_version, *std::move(state),
                              entity_.type.state_schema, ports_.clock.now()});
  ports_.tables.wake();
  loaded_.snapshot = loaded_.version;
  loaded_.unsaved_since.reset();
}

void EntityHost::answer_again(Appended first) {
  const Position rests_on = first.last;
  if (ports_.personal) {
    const auto opened =
        ports_.personal->open_reply(entity_.module, entity_.stream, (*current_)->call->command.id,
                                    first.reply_type, first.reply);
    if (!opened) return answer(opened.error(), rests_on);
  }
  answer(stored_reply(entity_.module, std::move(first)), rests_on);
}

void EntityHost::answer(Result<Reply> reply, Position rests_on) {
  answer_when_applied(ports_.tables, std::exchange(current_, nullptr), std::move(reply), rests_on);
}

}  // namespace mt
