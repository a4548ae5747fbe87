// Passwords are kept as argon2id hashes in PHC text form. Hashing takes tens of milliseconds and
// the memory that it is told to: worker threads only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/base/result.h"

namespace mt {

struct PasswordCost {
  std::uint64_t passes = 2;
  std::size_t memory_bytes = 64u << 20;
};

// RESOURCE_EXHAUSTED when the memory cannot be had.
Result<std::string> hash_password(std::string_view password, PasswordCost cost);

bool verify_password(std::string_view password, const std::string& hash);

}  // namespace mt
