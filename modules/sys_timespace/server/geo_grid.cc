#include "modules/sys_timespace/server/geo_grid.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>

#include "projections/key.h"

namespace mt::sys_timespace {
namespace {

constexpr double kEarthRadiusKm = 6371.0088;
constexpr double kDegree = std::numbers::pi / 180;
// A quarter of a degree is 28 km: a city's neighbours are in few bands, and the world has 720.
constexpr double kBandDegrees = 0.25;
constexpr int kBands = 720;
constexpr double kUnitsPerDegree = 1e9;
// Boxes are this much larger than computed: more than rounding errs, less than anyone notices.
constexpr double kMarginDegrees = 1e-6;

std::uint64_t units(double degrees) {
  return static_cast<std::uint64_t>(std::llround(degrees * kUnitsPerDegree));
}

int band_of(double latitude) {
  const int band = static_cast<int>(std::floor((latitude + 90) / kBandDegrees));
  return std::clamp(band, 0, kBands - 1);
}

// 180° east is 180° west.
double eastern(double longitude) { return longitude >= 180 ? longitude - 360 : longitude; }

std::uint64_t read_u64(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes.substr(0, 8)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

// Intervals of longitude, within -180 to 180.
using Interval = std::pair<double, double>;

std::vector<Interval> longitudes_around(double longitude, double reach) {
  const double west = longitude - reach;
  const double east = longitude + reach;
  if (reach >= 180) return {{-180, 180}};
  if (west <= -180) return {{west + 360, 180}, {-180, east}};
  if (east >= 180) return {{west, 180}, {-180, east - 360}};
  return {{west, east}};
}

// How far east and west a cap of that angular radius reaches; all around when it covers a pole.
double longitude_reach(double latitude, double angle) {
  if (std::abs(latitude) * kDegree + angle >= std::numbers::pi / 2) return 180;
  const double sine = std::sin(angle) / std::cos(latitude * kDegree);
  return std::asin(std::min(1.0, sine)) / kDegree + kMarginDegrees;
}

}  // namespace

double distance_km(const Point& a, const Point& b) {
  const double across = std::sin((b.latitude - a.latitude) * kDegree / 2);
  const double along = std::sin((b.longitude - a.longitude) * kDegree / 2);
  const double square = across * across + std::cos(a.latitude * kDegree) *
                                              std::cos(b.latitude * kDegree) * along * along;
  return 2 * kEarthRadiusKm * std::asin(std::sqrt(std::min(1.0, square)));
}

std::string grid_key(const Point& point) {
  return Key()
      .u64(static_cast<std::uint64_t>(band_of(point.latitude)))
      .u64(units(eastern(point.longitude) + 180))
      .u64(units(point.latitude + 90));
}

Point point_of_grid_key(std::string_view key) {
  return {.latitude = static_cast<double>(read_u64(key.substr(16))) / kUnitsPerDegree - 90,
          .longitude = static_cast<double>(read_u64(key.substr(8))) / kUnitsPerDegree - 180};
}

std::vector<Strip> strips_around(const Point& centre, double radius_km) {
  const double angle = std::min(radius_km / kEarthRadiusKm, std::numbers::pi);
  const double height = angle / kDegree + kMarginDegrees;
  const int south = band_of(centre.latitude - height);
  const int north = band_of(centre.latitude + height);
  const auto intervals =
      longitudes_around(centre.longitude, longitude_reach(centre.latitude, angle));
  std::vector<Strip> strips;
  strips.reserve(static_cast<std::size_t>(north - south + 1) * intervals.size());
  for (int band = south; band <= north; ++band) {
    const Key row = Key().u64(static_cast<std::uint64_t>(band));
    for (const auto& [west, east] : intervals) {
      strips.push_back({Key(row).u64(units(west + 180)), Key(row).u64(units(east + 180) + 1)});
    }
  }
  return strips;
}

}  // namespace mt::sys_timespace
