#include "events/crypto/random_bytes.h"

#include <sodium.h>

#include "events/crypto/sodium_ready.h"

namespace mt {

std::string random_bytes(std::size_t count) {
  sodium_ready();
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace mt
