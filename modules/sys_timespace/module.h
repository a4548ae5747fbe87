// sys_timespace: the countries and places of the world, the nearest place, local time.
#pragma once

#include <functional>
#include <memory>

#include "actors/module.h"

namespace mt::sys_timespace {

class Places;

Module sys_timespace();

// The same with other code for the table of places, and perhaps for earlier versions of it, which
// `make_places` adds to the module.
using MakePlaces = std::function<std::shared_ptr<Places>(Module&)>;
Module sys_timespace(const MakePlaces& make_places);

}  // namespace mt::sys_timespace
