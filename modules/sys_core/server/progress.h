// How far a fold is, as clients are told of it.
#pragma once

#include "projections/live_tables.h"
#include "sys/core/v1/core.pb.h"

namespace mt::sys_core {

::sys::core::v1::ProjectionProgress to_proto(const FoldProgress& fold);

}  // namespace mt::sys_core
