// mod_main: notices of an organisation. The module that authors copy.
#pragma once

#include "actors/module.h"

namespace mt::mod_main {

Module mod_main();

}  // namespace mt::mod_main
