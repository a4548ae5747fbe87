// Time of the log as protobuf's Timestamp, which the API speaks.
#pragma once

#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include "events/base/clock.h"

namespace mt::sys_accounts {

inline google::protobuf::Timestamp to_timestamp(Time time) {
  return google::protobuf::util::TimeUtil::NanosecondsToTimestamp(time.time_since_epoch().count());
}

}  // namespace mt::sys_accounts
