// The module's tables, as its services share them.
#pragma once

#include <memory>

#include "modules/sys_timespace/server/countries.h"
#include "modules/sys_timespace/server/country_names.h"
#include "modules/sys_timespace/server/places.h"

namespace mt::sys_timespace {

struct Tables {
  std::shared_ptr<const Places> places;
  std::shared_ptr<const Countries> countries;
  std::shared_ptr<const CountryNames> country_names;
};

}  // namespace mt::sys_timespace
