// The body of a stored record: mt.events.v1.CommitBody, written and read. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/record.h"

namespace mt {

void append_commit_body(const CommitRecord& record, std::string& bytes);

// None when the bytes are not a commit with at least one event. The record's hash is the caller's
// to set.
std::optional<CommitRecord> parse_commit_body(Position first, std::string_view bytes);
// The same into a record whose memory is used again: a scan reads millions. False: it is of no use.
bool parse_commit_body(Position first, std::string_view bytes, CommitRecord& into);

}  // namespace mt
