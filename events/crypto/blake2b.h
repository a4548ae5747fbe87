// BLAKE2b, by libsodium: the hash of the chain, of requests and of tables.
#pragma once

#include <initializer_list>
#include <memory>
#include <string_view>

#include "events/base/ids.h"

namespace mt {

// Of the parts in a row, as if they were one text.
Hash blake2b_256(std::initializer_list<std::string_view> parts);
Digest blake2b_128(std::initializer_list<std::string_view> parts);
// The same under a key of 16 to 64 bytes: whoever lacks it can neither make nor guess at the hash.
Hash blake2b_256_keyed(std::string_view key, std::initializer_list<std::string_view> parts);

// The same over a stream of parts.
class Blake2b256 {
 public:
  Blake2b256();
  ~Blake2b256();
  Blake2b256(const Blake2b256&) = delete;
  Blake2b256& operator=(const Blake2b256&) = delete;

  void add(std::string_view part);
  // Once, at the end.
  Hash finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mt
