// Time zones by their IANA names, from the system's tzdata. Any thread; a zone is read from disk
// once.
#pragma once

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <string_view>

#include "events/base/result.h"

namespace mt::sys_timespace {

// None when the system does not know the zone, or the name is not one of tzdata's ("Europe/Berlin",
// "UTC"): paths, files beside the zones and the process's own zone are not.
std::optional<absl::TimeZone> find_zone(std::string_view name);

// The same; INVALID_ARGUMENT naming the field of the request.
Result<absl::TimeZone> zone_of(std::string field, std::string_view name);

}  // namespace mt::sys_timespace
