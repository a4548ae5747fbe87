#include "actors/reactor_entity.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace mt {
namespace {

namespace v1 = reactors::v1;

using Event = ReactorEntity::Event;
using State = ReactorEntity::State;
using Outcome = Result<Decision<Event>>;

Decision<Event> nothing() { return {}; }

Decision<Event> one(Event event) {
  Decision<Event> decision;
  decision.events.push_back(std::move(event));
  return decision;
}

Outcome begin(const State& state, const v1::BeginReactor& command) {
  if (!state.source().empty()) return nothing();
  Event event;
  event.mutable_began()->set_source(command.source());
  event.mutable_began()->set_position(command.position());
  *event.mutable_began()->mutable_heads() = command.heads();
  return one(std::move(event));
}

Outcome move(const State& state, const v1::MoveReactor& command) {
  if (command.position() < state.position()) return nothing();
  Event event;
  event.mutable_moved()->set_position(command.position());
  *event.mutable_moved()->mutable_heads() = command.heads();
  *event.mutable_moved()->mutable_catching_up() = command.catching_up();
  return one(std::move(event));
}

const v1::BehindStream* parked(const State& state, const std::string& stream) {
  const auto found = state.behind().find(stream);
  return found != state.behind().end() && found->second.parked() ? &found->second : nullptr;
}

// Sent a second time when the first answer was lost.
Outcome park(const State& state, const v1::ParkReactorStream& command) {
  const auto* already = parked(state, command.stream().stream());
  if (already != nullptr && already->position() == command.stream().position()) return nothing();
  Event event;
  *event.mutable_parked()->mutable_stream() = command.stream();
  event.mutable_parked()->mutable_stream()->set_parked(true);
  return one(std::move(event));
}

Error not_parked(const std::string& stream) {
  return not_found("the stream " + stream + " is not parked");
}

Event retried(const std::string& stream) {
  Event event;
  event.mutable_retried()->set_stream(stream);
  return event;
}

Outcome retry(const State& state, const v1::RetryReactorStreams& command) {
  if (!command.stream().empty()) {
    if (parked(state, command.stream()) == nullptr) return not_parked(command.stream());
    return one(retried(command.stream()));
  }
  std::set<std::string> streams;  // in an order that does not change
  for (const auto& [name, stream] : state.behind()) {
    if (stream.parked()) streams.insert(name);
  }
  Decision<Event> decision;
  for (const std::string& name : streams) decision.events.push_back(retried(name));
  return decision;
}

Outcome drop(const State& state, const v1::DropReactorEvent& command) {
  const auto* stream = parked(state, command.stream());
  if (stream == nullptr) return not_parked(command.stream());
  if (stream->position() != command.position()) {
    return failed_precondition("the stream " + command.stream() + " waits at position " +
                               std::to_string(stream->position()) + ", not " +
                               std::to_string(command.position()));
  }
  // Who starts again from the mark would meet it again otherwise.
  if (stream->position() > state.position()) {
    return failed_precondition("the event at position " + std::to_string(stream->position()) +
                               " is ahead of the mark, " + std::to_string(state.position()) +
                               ", since events before it are at work; try again soon");
  }
  Event event;
  auto& dropped = *event.mutable_dropped();
  dropped.set_stream(command.stream());
  dropped.set_version(stream->version());
  dropped.set_position(stream->position());
  dropped.set_reason(command.reason());
  return one(std::move(event));
}

Outcome pause(const State& state, const v1::PauseReactor& command) {
  if (state.paused()) return nothing();
  Event event;
  event.mutable_paused()->set_reason(command.reason());
  return one(std::move(event));
}

Outcome resume(const State& state) {
  if (!state.paused()) return nothing();
  Event event;
  event.mutable_resumed();
  return one(std::move(event));
}

void evolve_moved(State& state, const v1::ReactorMoved& moved) {
  state.set_position(moved.position());
  *state.mutable_heads() = moved.heads();
  std::set<std::string> caught_up;
  for (const auto& [name, stream] : state.behind()) {
    if (!stream.parked()) caught_up.insert(name);
  }
  for (const v1::BehindStream& stream : moved.catching_up()) {
    caught_up.erase(stream.stream());
    v1::BehindStream& known = (*state.mutable_behind())[stream.stream()];
    known.set_version(stream.version());
    known.set_position(stream.position());
    known.set_answered(stream.answered());
  }
  for (const std::string& name : caught_up) state.mutable_behind()->erase(name);
}

void evolve_dropped(State& state, const v1::ReactorStreamDropped& dropped) {
  v1::BehindStream& stream = (*state.mutable_behind())[dropped.stream()];
  stream.set_parked(false);
  stream.set_version(dropped.version() + 1);
  stream.set_position(dropped.position() + 1);
  stream.set_answered(0);
}

}  // namespace

Outcome ReactorEntity::decide(const State& state, const Command& command, const DecideContext&) {
  switch (command.command_case()) {
    case Command::kBegin:
      return begin(state, command.begin());
    case Command::kMove:
      return move(state, command.move());
    case Command::kPark:
      return park(state, command.park());
    case Command::kRetry:
      return retry(state, command.retry());
    case Command::kDrop:
      return drop(state, command.drop());
    case Command::kPause:
      return pause(state, command.pause());
    case Command::kResume:
      return resume(state);
    case Command::COMMAND_NOT_SET:
      break;
  }
  return invalid_argument("the command is empty");
}

void ReactorEntity::evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kBegan:
      state.set_source(event.began().source());
      state.set_position(event.began().position());
      *state.mutable_heads() = event.began().heads();
      break;
    case Event::kMoved:
      evolve_moved(state, event.moved());
      break;
    case Event::kParked:
      (*state.mutable_behind())[event.parked().stream().stream()] = event.parked().stream();
      break;
    case Event::kRetried:
      (*state.mutable_behind())[event.retried().stream()].set_parked(false);
      break;
    case Event::kDropped:
      evolve_dropped(state, event.dropped());
      break;
    case Event::kPaused:
      state.set_paused(true);
      state.set_pause_reason(event.paused().reason());
      break;
    case Event::kResumed:
      state.set_paused(false);
      state.clear_pause_reason();
      break;
    case Event::EVENT_NOT_SET:
      break;
  }
}

std::size_t parked_streams(const v1::ReactorState& state) {
  return static_cast<std::size_t>(std::ranges::count_if(
      state.behind(), [](const auto& entry) { return entry.second.parked(); }));
}

}  // namespace mt
