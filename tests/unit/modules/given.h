// given events, when a command, then a decision: an entity's test without anything around it.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "actors/entity.h"
#include "bus/caller.h"
#include "events/base/check.h"

namespace mt::test {

inline Time at_second(std::int64_t second) { return Time(std::chrono::seconds(second)); }

template <Entity E>
class Given {
 public:
  explicit Given(std::string id) : id_(std::move(id)) {}

  Given& event(const typename E::Event& event) {
    E::evolve(state_, event);
    ++version_.value;
    return *this;
  }
  // What the entity decides becomes its history.
  Given& done(const typename E::Command& command) {
    auto decided = when(command);
    check(decided.has_value(), "a given command is one that the entity accepts");
    for (const auto& happened : decided->events) event(happened);
    return *this;
  }
  Given& by(Caller caller) {
    caller_ = std::move(caller);
    return *this;
  }
  Given& at(Time now) {
    now_ = now;
    return *this;
  }

  Result<Decision<typename E::Event>> when(const typename E::Command& command) const {
    return E::decide(state_, command, DecideContext{id_, version_, now_, caller_});
  }
  const typename E::State& state() const { return state_; }

 private:
  std::string id_;
  typename E::State state_;
  Version version_;
  Time now_ = at_second(1'700'000'000);
  Caller caller_ = Caller::system();
};

template <typename Response, typename Event>
const Response& reply_in(const Result<Decision<Event>>& decided) {
  return static_cast<const Response&>(*decided->reply);
}

}  // namespace mt::test
