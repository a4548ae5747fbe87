// A data folder of a file of logs, an archive or NDJSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "ops/backup/backup.h"

namespace mt {

// After each piece: bytes read, of all.
using OnBytes = std::function<void(std::uint64_t done, std::uint64_t total)>;

// Every record is checked, and keeps its position, time and hash. DATA_LOSS naming the line or the
// byte, the module and the position that does not hold. When it fails, the folder is none that a
// container starts on, and a later try begins anew.
Result<std::vector<RestoredLog>> import_logs(const std::filesystem::path& file,
                                             const std::filesystem::path& into,
                                             const OnBytes& on_bytes);

}  // namespace mt
