// What a commit may hold. A record is for ever: one that could not be read again would end its log
// there, so such a commit is refused before it reaches the writer. Pure.
#pragma once

#include <cstddef>

#include "events/base/result.h"
#include "events/record.h"

namespace mt {

inline constexpr std::size_t kMaxCommitBytes = 16 << 20;
inline constexpr std::size_t kMaxCommandIdBytes = 256;
inline constexpr std::size_t kMaxEventTags = 100;

// About what the commit takes in the log.
std::size_t size_of(const Commit& commit);

// INVALID_ARGUMENT naming the part: over 16 MiB, a text that is not UTF-8, a stream without
// category or id, a zero byte in what becomes part of a key, a command id or a tag that is empty,
// too long or not printable, too many tags on an event, a condition that is no tag query.
Result<void> check_limits(const Commit& commit);

}  // namespace mt
