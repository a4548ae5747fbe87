#include <cstddef>
#include <cstdint>

#include "actors/api.h"
#include "events/crypto/blake2b.h"

namespace mt {

std::string entity_id_from(const CommandId& command) {
  static constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  static constexpr std::size_t kLength = 26;
  const Hash hash = blake2b_256({command.value});
  std::string id;
  std::uint32_t bits = 0;
  int held = 0;
  for (auto byte = hash.begin(); id.size() < kLength;) {
    if (held < 5) {
      bits = bits << 8 | *byte++;
      held += 8;
    }
    held -= 5;
    id.push_back(kAlphabet[bits >> held & 31]);
  }
  return id;
}

}  // namespace mt
