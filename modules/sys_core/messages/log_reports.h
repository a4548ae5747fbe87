// What the engine says of logs, as messages of sys_core: for the node that is asked, and for mtctl,
// which reads a data folder itself.
#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <string>
#include <vector>

#include "events/base/clock.h"
#include "events/log_verify.h"
#include "events/segment.h"
#include "sys/core/v1/archive.pb.h"
#include "sys/core/v1/integrity.pb.h"

namespace mt::sys_core {

namespace v1 = ::sys::core::v1;

v1::LogReport to_proto(const LogProgress& progress);
// The last report of a log whose head was `head`.
v1::LogReport to_proto(const VerifiedLog& verified, Position head);

// INVALID_ARGUMENT naming the hash that is none.
Result<std::vector<Anchor>> anchors_in(const v1::VerifyLogsRequest& request);

// The modules that are named, each once, or all. NOT_FOUND when the log has none of that name.
Result<std::vector<ModuleName>> logs_named(
    const EventLog& log, const google::protobuf::RepeatedPtrField<std::string>& names);

// Where the logs of the modules end; `now` is when.
Result<v1::GetAnchorsResponse> anchors_of(const EventLog& log, const v1::GetAnchorsRequest& request,
                                          Time now);

// The sealed files of the modules' logs. With `check`, all their bytes are read.
Result<v1::ListArchivesResponse> archives_of(const EventLog& log,
                                             const v1::ListArchivesRequest& request);
v1::SealedFile to_proto(const Segment& segment);

}  // namespace mt::sys_core
