// The page check on environments: before LMDB opens one, and while it is open here or elsewhere.
#pragma once

#include <filesystem>

#include "events/lmdb/env.h"
#include "events/lmdb/page_check.h"

namespace mt {

// What LMDB reads before anything else. DATA_LOSS: do not open it. An environment that is not there
// yet is in order.
Result<void> check_before_open(const std::filesystem::path& folder);

// The pages of the snapshot of this moment; a read transaction keeps it as it is meanwhile, also
// when a process writes.
Result<PageReport> check_env(const LmdbEnv& env, PageDepth depth);

// Bytes that the environment uses of its file.
std::uint64_t used_bytes(const LmdbEnv& env);

}  // namespace mt
