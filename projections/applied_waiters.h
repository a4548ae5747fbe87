// AppliedWaiters: who waits for a module's tables to hold a position. Any thread waits, the tables
// thread answers.
#pragma once

#include <functional>
#include <map>
#include <mutex>

#include "events/base/ids.h"

namespace mt {

class AppliedWaiters {
 public:
  using Done = std::function<void(bool reached)>;

  // Answers at once when the position is reached, or nothing more will be.
  void wait(Position position, Done done);
  // Answers all up to `applied`, outside the lock.
  void reached(Position applied);
  // Nothing more will be applied: answers all that wait, and those to come, with false.
  void give_up();

  Position applied() const;

 private:
  mutable std::mutex mutex_;
  Position applied_;
  bool given_up_ = false;
  std::multimap<Position, Done> waiting_;
};

}  // namespace mt
