// A file of anchors: one JSON object a line, as `events anchor --out` writes it.
#pragma once

#include <string>

#include "events/base/result.h"
#include "sys/core/v1/integrity.pb.h"

namespace mt::mtctl {

using Anchors = google::protobuf::RepeatedPtrField<sys::core::v1::Anchor>;

// A new file, complete when it returns. ALREADY_EXISTS when there is one: anchors are kept.
Result<void> write_anchors(const std::string& path, const Anchors& anchors);

// INVALID_ARGUMENT naming the file and the line that is no anchor; NOT_FOUND without the file.
Result<Anchors> read_anchors(const std::string& path);

}  // namespace mt::mtctl
