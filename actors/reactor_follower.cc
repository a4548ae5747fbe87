#include "actors/reactor_follower.h"

#include <algorithm>
#include <utility>

namespace mt {

ReactorFollower::ReactorFollower(std::shared_ptr<const Reactor> reactor, const ReactorPorts& ports,
                                 const ReactorLimits& limits,
                                 std::shared_ptr<ReactorMailbox> mailbox)
    : reactor_(std::move(reactor)),
      ports_(ports),
      limits_(limits),
      mailbox_(std::move(mailbox)),
      upcasters_(ports.upcasters(reactor_->source())),
      ids_(reactor_->module(), reactor_->name()),
      facts_(reactor_->module(), reactor_->name(), ports_, limits_, mailbox_) {}

Result<void> ReactorFollower::open() {
  last_mark_ = std::chrono::steady_clock::now();
  MT_CHECK_OK(facts_.load());
  const ReactorFacts::State& state = facts_.state();
  if (state.source().empty()) {
    cursor_ = reactor_->begins_at_start() ? Position{} : ports_.log.head(reactor_->source());
    ReactorFacts::Command command;
    command.mutable_begin()->set_source(reactor_->source().value);
    command.mutable_begin()->set_position(cursor_.value);
    put_heads(heads_of(ports_.log), *command.mutable_begin()->mutable_heads());
    facts_.write(std::move(command), [this] {
      logger_.info("reactor begins", {{"reactor", reactor_->name()},
                                      {"module", reactor_->module().value},
                                      {"source", reactor_->source().value},
                                      {"position", cursor_.value}});
    });
    return {};
  }
  if (state.source() != reactor_->source().value) {
    return failed_precondition("reactor '" + reactor_->name() + "' has read the log of " +
                               state.source() + " until now, not that of " +
                               reactor_->source().value + "; give it a new name");
  }
  cursor_ = {state.position()};
  MT_TRY(done_, effects_since(ports_.log, heads_from(state.heads()), ids_));
  catch_up_with_state();
  return {};
}

void ReactorFollower::work(Instant now) {
  facts_.work(now);
  if (!quiet_ && gate().empty()) {
    wake_due(now);
    if (!is_held()) read();
    send_ready();
  }
  if (!quiet_) mark(now, false);
  facts_.work(now);
}

std::optional<ReactorFollower::Instant> ReactorFollower::next_due() const {
  std::optional<Instant> due = facts_.next_due();
  if (!due_.empty() && !quiet_) due = std::min(due.value_or(Instant::max()), due_.begin()->first);
  return due;
}

void ReactorFollower::ask(ReactorFacts::Command command, std::shared_ptr<const CallContext> call,
                          Respond respond) {
  mark(std::chrono::steady_clock::now(), true);  // a stream is dropped from behind the mark only
  facts_.ask(std::move(command), std::move(call), std::move(respond),
             [this] { catch_up_with_state(); });
}

bool ReactorFollower::finish(Instant now) {
  mark(now, true);
  facts_.work(now);
  return facts_.is_idle() || !facts_.trouble().empty();
}

std::string ReactorFollower::gate() const {
  const ReactorFacts::State& state = facts_.state();
  if (state.source().empty()) {
    return "its beginning is not written yet" +
           (facts_.trouble().empty() ? "" : ": " + facts_.trouble());
  }
  if (state.paused()) return "paused: " + state.pause_reason();
  for (const ModuleName* module : {&reactor_->module(), &reactor_->source()}) {
    if (ports_.tables.is_rebuilding(*module)) {
      return "a table of " + module->value + " is being rebuilt";
    }
  }
  return {};
}

// ---- marks ----

Position ReactorFollower::checkpoint() const {
  return at_work_.empty() ? cursor_ : Position{at_work_.begin()->first.value - 1};
}

// Of what is not answered for, the oldest; nothing was done for it before.
LogHeads ReactorFollower::marked_heads() const {
  LogHeads heads = at_work_.empty() ? heads_of(ports_.log) : *at_work_.begin()->second;
  for (const auto& [stream, lane] : lanes_) {
    if (lane.behind && lane.behind->heads) heads = lower_heads(heads, *lane.behind->heads);
  }
  return heads;
}

// Only when nothing else is on its way to the entity: what is would change what is told here.
// Events that are none of its business move the mark after many only, since a mark is an event,
// too, and perhaps of the log that is read.
void ReactorFollower::mark(Instant now, bool is_last) {
  const ReactorFacts::State& state = facts_.state();
  if (!facts_.is_idle() || state.source().empty()) return;
  const std::uint64_t distance = std::max(checkpoint().value, state.position()) - state.position();
  const bool is_due = distance >= limits_.mark_every ||
                      (moved_ && (is_last || now - last_mark_ >= limits_.mark_after));
  if (!is_due) return;
  last_mark_ = now;
  moved_ = false;
  caught_up_.clear();
  ReactorFacts::Command command;
  auto& move = *command.mutable_move();
  move.set_position(state.position() + distance);
  put_heads(marked_heads(), *move.mutable_heads());
  for (const auto& [stream, lane] : lanes_) {
    if (!lane.behind) continue;
    auto& behind = *move.add_catching_up();
    behind.set_stream(to_string(stream));
    behind.set_version(lane.behind->next.value);
    behind.set_position(lane.behind->position.value);
    behind.set_answered(static_cast<std::uint32_t>(lane.next));
  }
  facts_.write(std::move(command), {});
}

ReactorInfo ReactorFollower::info() const {
  ReactorInfo info;
  info.module = reactor_->module();
  info.name = reactor_->name();
  info.source = reactor_->source();
  info.checkpoint = checkpoint();
  info.head = ports_.log.head(reactor_->source());
  info.at_work = at_work_.size();
  info.in_flight = in_flight_;
  info.catching_up = behind_;
  info.parked = parked_;
  info.counts = counts_;
  if (!facts_.state().behind().empty()) {
    info.known = std::make_shared<const reactors::v1::ReactorState>(facts_.state());
  }
  for (const auto& [due, stream] : due_) {
    const auto lane = lanes_.find(stream);
    if (lane == lanes_.end() || lane->second.phase != Lane::Phase::kWaiting) continue;
    ++info.waiting;
    if (info.waiting > 1) continue;
    info.state = "retrying";
    info.reason = to_string(stream) + ": " + lane->second.why;
  }
  if (!facts_.trouble().empty()) {
    info.state = "retrying";
    info.reason = "its log takes nothing: " + facts_.trouble();
  }
  if (std::string why = gate(); !why.empty()) {
    info.state = facts_.state().paused() ? "paused" : "gated";
    info.reason = std::move(why);
  } else if (!failure_.empty()) {
    info.state = "stopped";
    info.reason = failure_;
  } else if (is_held()) {
    info.state = "stopped";
    info.reason = std::to_string(parked_) + " streams are parked; mend the cause and retry them";
  }
  return info;
}

}  // namespace mt
