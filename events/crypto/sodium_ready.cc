#include "events/crypto/sodium_ready.h"

#include <sodium.h>

#include "events/base/check.h"

namespace mt {

void sodium_ready() {
  static const bool started = sodium_init() >= 0;
  check(started, "libsodium finds a source of random bytes");
}

}  // namespace mt
