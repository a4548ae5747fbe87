// sys_timespace: the countries and places of the world, the nearest place, local time.
#pragma once

#include "actors/module.h"

namespace mt::sys_timespace {

Module sys_timespace();

}  // namespace mt::sys_timespace
