// What the system says of a file, as an error for people, and the flush of a folder's names.
#pragma once

#include <filesystem>
#include <string>

#include "events/base/result.h"

namespace mt {

// "cannot DOING FILE: …" for an errno. RESOURCE_EXHAUSTED when the disk is full, else UNAVAILABLE.
Error file_error(int error, const std::string& doing, const std::filesystem::path& file);

// Returns after the names in the folder are flushed, so that a new file's name survives a power
// cut.
Result<void> flush_folder(const std::filesystem::path& folder);
// The same for the folder that a file or folder lies in.
Result<void> flush_folder_of(const std::filesystem::path& file);

}  // namespace mt
