// Times as the API tells them.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include "events/base/clock.h"

namespace mt::sys_core {

google::protobuf::Timestamp timestamp_of(Time time);
Time time_of(const google::protobuf::Timestamp& timestamp);

}  // namespace mt::sys_core
