#include "modules/sys_core/messages/times.h"

#include <google/protobuf/util/time_util.h>

namespace mt::sys_core {

using google::protobuf::util::TimeUtil;

google::protobuf::Timestamp to_proto(Time time) {
  return TimeUtil::NanosecondsToTimestamp(time.time_since_epoch().count());
}

Time from_proto(const google::protobuf::Timestamp& timestamp) {
  return Time(std::chrono::nanoseconds(TimeUtil::TimestampToNanoseconds(timestamp)));
}

}  // namespace mt::sys_core
