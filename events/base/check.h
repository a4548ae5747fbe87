// check(): states what must hold, in release builds too. A violation is a programmer's error: the
// process writes where and why, and aborts, so that no wrong fact reaches the log.
#pragma once

#include <source_location>

namespace mt {

[[noreturn]] void check_failed(const char* why_it_must_hold, std::source_location where);

inline void check(bool condition, const char* why_it_must_hold,
                  std::source_location where = std::source_location::current()) {
  if (!condition) [[unlikely]]
    check_failed(why_it_must_hold, where);
}

}  // namespace mt
