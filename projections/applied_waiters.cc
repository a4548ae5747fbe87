#include "projections/applied_waiters.h"

#include <utility>

namespace mt {

void AppliedWaiters::wait(Position position, Done done) {
  bool is_reached = false;
  {
    const std::lock_guard lock(mutex_);
    is_reached = position <= applied_;
    if (!is_reached && !given_up_) {
      // Positions come in almost in order: the end is the place.
      waiting_.emplace_hint(waiting_.end(), position, std::move(done));
      return;
    }
  }
  done(is_reached);
}

void AppliedWaiters::reached(Position applied) {
  std::multimap<Position, Done> answered;
  {
    const std::lock_guard lock(mutex_);
    applied_ = applied;
    const auto end = waiting_.upper_bound(applied);
    while (waiting_.begin() != end) {
      answered.insert(answered.end(), waiting_.extract(waiting_.begin()));
    }
  }
  for (auto& [position, done] : answered) done(true);
}

void AppliedWaiters::give_up() {
  std::multimap<Position, Done> answered;
  {
    const std::lock_guard lock(mutex_);
    given_up_ = true;
    answered.swap(waiting_);
  }
  for (auto& [position, done] : answered) done(false);
}

Position AppliedWaiters::applied() const {
  const std::lock_guard lock(mutex_);
  return applied_;
}

}  // namespace mt
