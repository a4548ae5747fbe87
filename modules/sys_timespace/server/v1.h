// The module's messages under one short name.
#pragma once

#include "sys/timespace/v1/places.pb.h"
#include "sys/timespace/v1/storage.pb.h"

namespace mt::sys_timespace {

namespace v1 = ::sys::timespace::v1;

}  // namespace mt::sys_timespace
