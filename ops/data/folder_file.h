// Small files of the data folder: read whole, and made whole or not at all.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "events/base/result.h"

namespace mt {

// None when there is no such file; UNAVAILABLE naming it when it cannot be read or is over 64 KiB.
Result<std::optional<std::string>> read_small_file(const std::filesystem::path& file);

// Makes the file with mode 0600 and returns after it is flushed. ALREADY_EXISTS when there is one
// by then; UNAVAILABLE naming it and why.
Result<void> make_small_file(const std::filesystem::path& file, std::string_view content);

}  // namespace mt
