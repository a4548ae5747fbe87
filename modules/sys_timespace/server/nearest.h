// The search for the places nearest to a point: it reads strips of the grid in growing circles
// until nothing that it has not read can be nearer. Pure but for the reading that it is given.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "modules/sys_timespace/server/geo_grid.h"

namespace mt::sys_timespace {

struct Nearby {
  double km = 0;
  std::string id;

  // Nearer first; at one distance by id.
  auto operator<=>(const Nearby&) const = default;
};

using VisitPlace = std::function<void(const Point& at, std::string_view id)>;
using ReadStrip = std::function<void(const Strip& strip, const VisitPlace& visit)>;

// The `count` places nearest to the centre, nearest first; fewer when there are fewer.
std::vector<Nearby> find_nearest(const Point& centre, std::size_t count, const ReadStrip& read);

}  // namespace mt::sys_timespace
