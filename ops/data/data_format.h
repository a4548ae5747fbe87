// The file `format` of a data folder, as in docs/DATA.md: it says which program may read the rest.
#pragma once

#include <filesystem>
#include <string_view>

#include "events/base/result.h"

namespace mt {

inline constexpr std::string_view kDataFormat = "maintemplate 1\n";

// False when the folder has no such file. FAILED_PRECONDITION when it is of another format.
Result<bool> has_data_format(const std::filesystem::path& folder);

}  // namespace mt
