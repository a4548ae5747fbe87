// What a file that holds a secret must be: 32 bytes, and its owner's alone.
#pragma once

#include <filesystem>
#include <string>

#include "events/base/result.h"

namespace mt {

inline constexpr std::size_t kSecretBytes = 32;

// The content of the file, when it is such a secret; UNAVAILABLE naming it otherwise.
Result<std::string> check_secret(const std::filesystem::path& file, std::string content);

}  // namespace mt
