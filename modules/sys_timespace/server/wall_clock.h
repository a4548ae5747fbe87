// Wall-clock times: reading them as text, meeting them with a zone, telling an instant in a zone.
// Pure but for the system's tzdata.
#pragma once

#include <absl/time/civil_time.h>
#include <absl/time/time.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>
#include <string_view>

#include "events/base/clock.h"
#include "events/base/result.h"
#include "modules/sys_timespace/server/v1.h"

namespace mt::sys_timespace {

struct WallClock {
  absl::CivilSecond second;
  absl::Duration fraction;  // of a second
};

// "2026-03-29T02:30", optionally with seconds and their decimals, at most nine; years 0001 to 9999.
// No offset, no leap second, no 24:00.
Result<WallClock> parse_wall_clock(std::string_view text);

// INVALID_ARGUMENT naming `field` when it is outside of the years 0001 to 9999 or malformed.
Result<absl::Time> instant_of(const std::string& field,
                              const google::protobuf::Timestamp& timestamp);

// What the clock of the zone shows at the instant. OUT_OF_RANGE outside of the years 0001 to 9999.
Result<v1::LocalTime> tell(absl::Time instant, absl::TimeZone zone);

// At the asked instant, or at `now` when the request names none. FAILED_PRECONDITION when the
// place's zone is unknown.
Result<v1::GetLocalTimeResponse> local_time(const v1::Place& place,
                                            const v1::GetLocalTimeRequest& request, Time now);

Result<v1::ConvertTimeResponse> convert(const v1::ConvertTimeRequest& request);

}  // namespace mt::sys_timespace
