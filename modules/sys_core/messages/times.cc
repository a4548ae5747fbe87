#include "modules/sys_core/messages/times.h"

#include <google/protobuf/util/time_util.h>

namespace mt::sys_core {

using google::protobuf::util::TimeUtil;

google::protobuf::Timestamp timestamp_of(Time time) {
  return TimeUtil::NanosecondsToTimestamp(time.time_since_epoch().count());
}

Time time_of(const google::protobuf::Timestamp& timestamp) {
  return Time(std::chrono::nanoseconds(TimeUtil::TimestampToNanoseconds(timestamp)));
}

}  // namespace mt::sys_core
