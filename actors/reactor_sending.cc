// How a reactor sends: a command of each stream at once, again when that may help, and what becomes
// of a stream whose command is refused.
#include <utility>

#include "actors/reactor_follower.h"
#include "events/base/check.h"

namespace mt {
namespace {

void put_time(Time time, google::protobuf::Timestamp& into) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  into.set_seconds(seconds.time_since_epoch().count());
  into.set_nanos(static_cast<std::int32_t>((time - seconds).count()));
}

}  // namespace

void ReactorFollower::ready(Lane& lane) {
  lane.phase = Lane::Phase::kReady;
  ready_.push_back(lane.stream);
}

void ReactorFollower::wake_due(Instant now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    ready(lanes_.at(due_.begin()->second));
    due_.erase(due_.begin());
  }
}

void ReactorFollower::send_ready() {
  while (!ready_.empty() && in_flight_ < limits_.window) {
    const StreamId stream = std::move(ready_.front());
    ready_.pop_front();
    advance(lanes_.at(stream));
  }
}

// Up to the next command that must be sent, or to the end of the lane.
void ReactorFollower::advance(Lane& lane) {
  for (;;) {
    if (lane.items.empty() && lane.behind) {
      if (const auto filled = refill(lane); !filled) return park(lane, filled.error());
      if (lane.items.empty()) {
        --behind_;
        caught_up_.insert(to_string(lane.stream));
        moved_ = true;
      }
    }
    if (lane.items.empty()) {
      lanes_.erase(StreamId(lane.stream));
      return;
    }
    const Item& item = lane.items.front();
    if (!lane.calls) {
      auto calls = item.fault
                       ? Result<CommandCalls>(*item.fault)
                       : reactor_->react(item.event, {item.position, item.version, lane.stream,
                                                      item.time, item.origin, item.command});
      if (!calls) return park(lane, calls.error());
      lane.calls = *std::move(calls);
    }
    while (skip_done(lane, item.position)) continue;
    if (lane.next < lane.calls->size()) {
      if (!look_for_effects(lane)) send(lane);
      return;
    }
    finished(lane);
  }
}

// What the logs say was done already is not sent again.
bool ReactorFollower::skip_done(Lane& lane, Position event) {
  if (done_.empty() || done_.erase({event, lane.next}) == 0) return false;
  ++lane.next;
  ++counts_.repeats;
  return true;
}

void ReactorFollower::send(Lane& lane) {
  const Item& item = lane.items.front();
  const CommandCall& call = (*lane.calls)[lane.next];
  CallInput input;
  input.method = call.method;
  input.caller = Caller::system();
  input.idempotency_key = ids_.of({item.position, lane.next});
  input.correlation = item.origin.correlation;
  input.causation = reactor_->source().value + ":" + std::to_string(item.position.value);
  const Instant now = std::chrono::steady_clock::now();
  input.deadline = now + limits_.deadline;
  if (!lane.first_attempt) lane.first_attempt = now;
  lane.phase = Lane::Phase::kSending;
  ++in_flight_;
  ports_.dispatcher.call(
      std::move(input), call.request,
      [this, mailbox = mailbox_, stream = lane.stream](Result<Reply> reply) {
        mailbox->post([this, stream, reply = std::move(reply)] { answered(stream, reply); });
      });
}

void ReactorFollower::answered(const StreamId& stream, const Result<Reply>& reply) {
  --in_flight_;
  Lane& lane = lanes_.at(stream);
  if (!reply) {
    ++lane.attempts;
    return passes(reply.error().code) ? retry_later(lane, reply.error())
                                      : park(lane, reply.error());
  }
  ++counts_.commands;
  if (reply->repeated) ++counts_.repeats;
  ++lane.next;
  lane.attempts = 0;
  lane.first_attempt.reset();
  ready(lane);
}

void ReactorFollower::retry_later(Lane& lane, const Error& why) {
  ++counts_.retries;
  lane.why = why.message;
  lane.phase = Lane::Phase::kWaiting;
  const std::string id = ids_.of({lane.items.front().position, lane.next});
  due_.emplace(std::chrono::steady_clock::now() + back_off(id, lane.attempts, limits_),
               lane.stream);
}

// Before an attempt that comes long after the first: had that one an effect after all, its command
// may be forgotten by now. True: it goes on by itself.
bool ReactorFollower::look_for_effects(Lane& lane) {
  if (!lane.first_attempt) return false;
  if (std::chrono::steady_clock::now() - *lane.first_attempt < limits_.remembered) return false;
  auto found = effects_since(ports_.log, *lane.items.front().heads, ids_);
  if (!found) {
    retry_later(lane, found.error());
    return true;
  }
  if (!found->contains({lane.items.front().position, lane.next})) return false;
  ++lane.next;
  ++counts_.repeats;
  lane.attempts = 0;
  lane.first_attempt.reset();
  ready(lane);
  return true;
}

void ReactorFollower::park(Lane& lane, const Error& why) {
  lane.phase = Lane::Phase::kParking;
  ReactorFacts::Command command;
  auto& stream = *command.mutable_park()->mutable_stream();
  stream.set_stream(to_string(lane.stream));
  stream.set_answered(static_cast<std::uint32_t>(lane.next));
  stream.set_why(why.message);
  stream.set_attempts(std::max(lane.attempts, 1u));
  put_time(ports_.clock.now(), *stream.mutable_since());
  if (lane.items.empty()) {  // it could not even be read
    stream.set_version(lane.behind->next.value);
    stream.set_position(lane.behind->position.value);
    put_heads(*lane.behind->heads, *stream.mutable_heads());
  } else {
    const Item& item = lane.items.front();
    stream.set_version(item.version.value);
    stream.set_position(item.position.value);
    stream.set_type(item.event.type);
    put_heads(*item.heads, *stream.mutable_heads());
  }
  logger_.warn("stream parked", {{"reactor", reactor_->name()},
                                 {"module", reactor_->module().value},
                                 {"stream", stream.stream()},
                                 {"position", stream.position()},
                                 {"reason", why.message}});
  facts_.write(std::move(command), [this, parked_stream = lane.stream] { parked(parked_stream); });
}

// Now that the log says so the mark may pass its events.
void ReactorFollower::parked(const StreamId& stream) {
  const auto lane = lanes_.find(stream);
  check(lane != lanes_.end(), "a lane stays until its stream is parked");
  if (lane->second.behind) {
    --behind_;
  } else {
    for (const Item& item : lane->second.items) at_work_.erase(item.position);
  }
  lanes_.erase(lane);
  caught_up_.erase(to_string(stream));
  ++counts_.parked;
  moved_ = true;
  parked_ = parked_streams(facts_.state());
}

void ReactorFollower::finished(Lane& lane) {
  const Item& item = lane.items.front();
  if (lane.behind) {
    lane.behind->next = item.version + 1;
    lane.behind->position = item.position + 1;
  } else {
    at_work_.erase(item.position);
  }
  lane.items.pop_front();
  lane.calls.reset();
  lane.next = 0;
  lane.attempts = 0;
  lane.first_attempt.reset();
  ++counts_.events;
  moved_ = true;
}

}  // namespace mt
