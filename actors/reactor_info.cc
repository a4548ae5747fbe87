#include "actors/reactor_info.h"

namespace mt {

std::string ReactorInfo::trouble() const {
  const std::string which = "reactor " + module.value + "/" + name;
  std::string text;
  if (state == "stopped") text = which + " has stopped: " + reason;
  if (parked == 0) return text;
  return text + (text.empty() ? "" : "; ") + which + " has parked " + std::to_string(parked) +
         (parked == 1 ? " stream" : " streams") + "; see: mtctl reactor show " + module.value +
         "/" + name;
}

}  // namespace mt
