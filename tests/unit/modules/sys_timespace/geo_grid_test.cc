#include "modules/sys_timespace/server/geo_grid.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace mt::sys_timespace {
namespace {

TEST(GeoGrid, MeasuresAlongGreatCircles) {
  const Point berlin{52.52437, 13.41053};
  const Point tokyo{35.6895, 139.69171};
  EXPECT_NEAR(distance_km(berlin, tokyo), 8915.51, 0.01);
  EXPECT_NEAR(distance_km(tokyo, berlin), distance_km(berlin, tokyo), 1e-9);
  EXPECT_EQ(distance_km(berlin, berlin), 0);
  EXPECT_NEAR(distance_km({0, 179.5}, {0, -179.5}), 111.195, 0.001);
  EXPECT_NEAR(distance_km({90, 0}, {90, 133}), 0, 1e-9);
  EXPECT_NEAR(distance_km({89, 0}, {89, 180}), 222.390, 0.001);
  EXPECT_LE(distance_km({90, 0}, {-90, 0}), kFarthestKm);
  EXPECT_NEAR(distance_km({37, -20}, {-37, 160}), kFarthestKm, 0.01);
}

TEST(GeoGrid, KeepsThePointInItsKey) {
  for (const Point& point : std::vector<Point>{{52.52437, 13.41053},
                                               {-33.8688, 151.2093},
                                               {0, 0},
                                               {90, 0},
                                               {-90, -180},
                                               {12.3456789, -179.999999}}) {
    const Point kept = point_of_grid_key(grid_key(point));
    EXPECT_NEAR(kept.latitude, point.latitude, 1e-9);
    EXPECT_NEAR(kept.longitude, point.longitude, 1e-9);
  }
}

TEST(GeoGrid, HasOneKeyForBothNamesOfTheDateLine) {
  EXPECT_EQ(grid_key({10, 180}), grid_key({10, -180}));
}

int strips_with(const Point& point, const Point& centre, double radius_km) {
  const std::string key = grid_key(point);
  int holding = 0;
  for (const Strip& strip : strips_around(centre, radius_km)) {
    holding += strip.from <= key && key < strip.to ? 1 : 0;
  }
  return holding;
}

TEST(GeoGrid, CoversEveryPointWithinTheRadiusOnce) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> latitude(-90, 90);
  std::uniform_real_distribution<double> longitude(-180, 180);
  for (int i = 0; i < 300; ++i) {
    const Point centre{latitude(random), longitude(random)};
    const Point point{latitude(random), longitude(random)};
    const double apart = distance_km(centre, point);
    ASSERT_EQ(strips_with(point, centre, apart), 1) << "the point lies on the circle";
    ASSERT_EQ(strips_with(point, centre, kFarthestKm), 1)
        << "everything lies within half the globe";
    ASSERT_LE(strips_with(point, centre, apart / 2), 1) << "no strip overlaps another";
  }
}

TEST(GeoGrid, LeavesOutWhatIsFarAway) {
  EXPECT_EQ(strips_with({52.52, 13.41}, {48.14, 11.58}, 100), 0);
  EXPECT_LE(strips_around({48.14, 11.58}, 16).size(), 3u);
}

}  // namespace
}  // namespace mt::sys_timespace
