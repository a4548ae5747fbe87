// What the disk itself takes to keep a little: the measure of all that is acknowledged when
// flushed.
#pragma once

#include <chrono>
#include <filesystem>

namespace mt::bench {

// Median of so many times: 4 KiB written to a file in the folder, then fdatasync.
std::chrono::nanoseconds measure_disk_flush(const std::filesystem::path& folder, int times);

}  // namespace mt::bench
