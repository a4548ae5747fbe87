// Ordered<Actor>: an actor whose order of work ThreadSanitizer can see. CAF orders it – what was
// sent is seen by its handler, one handler follows another on whatever thread – but Debian's CAF is
// not built with the sanitizer, which takes every hand-over for a race. In other builds it is the
// actor itself. For actors/*.cc only: this header shows CAF.
#pragma once

#include <caf/mailbox_element.hpp>
#include <caf/resumable.hpp>

#include <cstddef>
#include <utility>

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace mt {

#if defined(__SANITIZE_THREAD__)

template <typename Actor>
class Ordered final : public Actor {
 public:
  using Actor::Actor;
  ~Ordered() override { __tsan_acquire(this); }

  void launch(caf::execution_unit* host, bool lazy, bool hidden) override {
    __tsan_release(this);
    Actor::launch(host, lazy, hidden);
  }

  using Actor::enqueue;
  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* host) override {
    __tsan_release(this);
    Actor::enqueue(std::move(message), host);
  }

  caf::resumable::resume_result resume(caf::execution_unit* host, std::size_t most) override {
    __tsan_acquire(this);
    const auto result = Actor::resume(host, most);
    __tsan_release(this);
    return result;
  }
};

#else

template <typename Actor>
using Ordered = Actor;

#endif

}  // namespace mt
