// Ordered<Actor>: an actor whose order of work ThreadSanitizer can see. CAF orders it – what was
// sent is seen by its handler, one handler follows another on whatever thread – but Debian's CAF is
// not built with the sanitizer, which takes every hand-over for a race. Each handler begins with a
// Turn, which ends with it: before CAF may give the actor to another thread. In other builds both
// are nothing. For actors/*.cc only: this header shows CAF.
#pragma once

#include <caf/abstract_actor.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/resumable.hpp>

#include <cstddef>
#include <utility>

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace mt {

#if defined(__SANITIZE_THREAD__)

inline void received(caf::abstract_actor* by) { __tsan_acquire(by); }
inline void handed_over(caf::abstract_actor* to) { __tsan_release(to); }

class Turn {
 public:
  explicit Turn(caf::abstract_actor* actor) : actor_(actor) { received(actor_); }
  ~Turn() { handed_over(actor_); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  caf::abstract_actor* const actor_;
};

template <typename Actor>
class Ordered final : public Actor {
 public:
  using Actor::Actor;
  ~Ordered() override { received(this); }

  void launch(caf::execution_unit* host, bool lazy, bool hidden) override {
    handed_over(this);
    Actor::launch(host, lazy, hidden);
  }

  using Actor::enqueue;
  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* host) override {
    handed_over(this);
    Actor::enqueue(std::move(message), host);
  }

  // An actor may begin without a message: then no handler's turn hands over what this makes.
  typename Actor::behavior_type make_behavior() override {
    auto handlers = Actor::make_behavior();
    handed_over(this);
    return handlers;
  }

  caf::resumable::resume_result resume(caf::execution_unit* host, std::size_t most) override {
    received(this);
    const auto result = Actor::resume(host, most);
    handed_over(this);
    return result;
  }
};

#else

struct Turn {
  explicit Turn(caf::abstract_actor*) {}
};

template <typename Actor>
using Ordered = Actor;

#endif

}  // namespace mt
