// Work in a process of its own, with an empty folder: however it ends – done, failed, killed,
// Ctrl-C – no process that it started is left, and the folder is gone.
#pragma once

#include <filesystem>
#include <functional>

namespace mt::bench {

// Makes the folder within `parent`. Returns what `work` returned, or 128 and the number of the
// signal that ended it. No other thread may run yet.
int run_guarded(const std::filesystem::path& parent,
                const std::function<int(const std::filesystem::path& folder)>& work);

}  // namespace mt::bench
