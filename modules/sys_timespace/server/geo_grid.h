// The grid by which places are found around a point: bands of latitude, in each the places by
// longitude. A part of a band is one range of index keys, which hold the coordinates themselves, so
// that a search measures distances without reading rows. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mt::sys_timespace {

// On the globe, in degrees: latitude -90 to 90, longitude -180 to 180.
struct Point {
  double latitude = 0;
  double longitude = 0;
};

// Along a great circle of a sphere of the mean radius, 6371.0088 km (haversine): within 0.6 % of
// the distance on the ellipsoid.
double distance_km(const Point& a, const Point& b);

// Half a great circle: nothing is farther away.
inline constexpr double kFarthestKm = 20'015.12;

std::string grid_key(const Point& point);
// The point of a key, to the tenth of a millimetre.
Point point_of_grid_key(std::string_view key);

// Index keys with from <= key < to.
struct Strip {
  std::string from;
  std::string to;
};

// Strips that hold every point up to `radius_km` from the centre, and some farther ones; none
// twice. Right across the date line and at the poles.
std::vector<Strip> strips_around(const Point& centre, double radius_km);

}  // namespace mt::sys_timespace
