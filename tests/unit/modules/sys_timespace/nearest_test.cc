#include "modules/sys_timespace/server/nearest.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <random>
#include <string>
#include <vector>

namespace mt::sys_timespace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Places by the keys of their index.
class World {
 public:
  void add(const Point& at, const std::string& id) { places_[grid_key(at) + id] = id; }

  std::vector<Nearby> nearest(const Point& centre, std::size_t count) const {
    return find_nearest(centre, count, [&](const Strip& strip, const VisitPlace& visit) {
      for (auto it = places_.lower_bound(strip.from); it != places_.end() && it->first < strip.to;
           ++it) {
        visit(point_of_grid_key(it->first), it->second);
      }
    });
  }

  // What must come out: the distances to all places.
  std::vector<Nearby> brute_force(const Point& centre, std::size_t count) const {
    std::vector<Nearby> all;
    for (const auto& [key, id] : places_)
      all.push_back({distance_km(centre, point_of_grid_key(key)), id});
    std::sort(all.begin(), all.end());
    all.resize(std::min(count, all.size()));
    return all;
  }

 private:
  std::map<std::string, std::string> places_;
};

// Points as places lie: some anywhere on the globe, some close together, some where maps end.
class Points {
 public:
  explicit Points(std::uint64_t seed) : random_(seed) {}

  Point next() {
    switch (between(0, 5)) {
      case 0:  // at a pole, or beside it
        return {coin() * (90 - unit() * between(0, 1)), unit() * 360 - 180};
      case 1:  // at the date line, or beside it
        return {unit() * 180 - 90, coin() * (180 - unit() * between(0, 1))};
      case 2:  // a crowd
        return {52 + unit(), 13 + unit()};
      case 3:  // on the borders of the grid's bands
        return {between(-360, 360) * 0.25, between(-180, 180) * 1.0};
      default:
        return {std::asin(2 * unit() - 1) * 180 / std::numbers::pi, unit() * 360 - 180};
    }
  }
  int between(int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random_);
  }

 private:
  double unit() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  double coin() { return between(0, 1) == 0 ? -1 : 1; }

  std::mt19937_64 random_;
};

TEST(Nearest, AreThoseOfBruteForceAroundAnyPoint) {
  for (const int size : {0, 1, 7, 100, 1000}) {
    Points points(static_cast<std::uint64_t>(size));
    World world;
    for (int i = 0; i < size; ++i) world.add(points.next(), std::to_string(i));
    for (int i = 0; i < 60; ++i) {
      const Point centre = points.next();
      const auto count = static_cast<std::size_t>(points.between(1, 100));
      ASSERT_EQ(world.nearest(centre, count), world.brute_force(centre, count))
          << size << " places, " << count << " around " << centre.latitude << " "
          << centre.longitude;
    }
  }
}

std::vector<std::string> ids(const std::vector<Nearby>& found) {
  std::vector<std::string> result;
  for (const Nearby& near : found) result.push_back(near.id);
  return result;
}

TEST(Nearest, CrossTheDateLine) {
  World world;
  world.add({-16.8, 179.9}, "east");
  world.add({-16.8, -179.8}, "west");
  world.add({-16.8, 179.0}, "far");
  EXPECT_THAT(ids(world.nearest({-16.8, 179.99}, 2)), ElementsAre("east", "west"));
  EXPECT_THAT(ids(world.nearest({-16.8, -179.9}, 2)), ElementsAre("west", "east"));
  EXPECT_THAT(ids(world.nearest({-16.8, 180}, 3)), ElementsAre("east", "west", "far"));
  EXPECT_THAT(ids(world.nearest({-16.8, -180}, 3)), ElementsAre("east", "west", "far"));
}

TEST(Nearest, CrossThePoles) {
  World world;
  world.add({89.9, 0}, "here");
  world.add({89.8, 180}, "beyond");
  world.add({88, 90}, "far");
  EXPECT_THAT(ids(world.nearest({90, 77}, 3)), ElementsAre("here", "beyond", "far"));
  EXPECT_THAT(ids(world.nearest({89.92, 180}, 3)), ElementsAre("beyond", "here", "far"));
  world.add({-90, 13}, "south pole");
  EXPECT_THAT(ids(world.nearest({-90, -120}, 1)), ElementsAre("south pole"));
  EXPECT_NEAR(world.nearest({-90, -120}, 1)[0].km, 0, 1e-3);
}

TEST(Nearest, AreOrderedByIdAtOneDistance) {
  World world;
  for (const std::string id : {"c", "a", "d", "b"}) world.add({48, 11}, id);
  EXPECT_THAT(ids(world.nearest({48, 11.1}, 3)), ElementsAre("a", "b", "c"));
}

TEST(Nearest, AreAllWhenThereAreFewer) {
  World world;
  EXPECT_THAT(world.nearest({0, 0}, 10), IsEmpty());
  world.add({-30, -170}, "antipode");
  EXPECT_THAT(ids(world.nearest({30, 10}, 10)), ElementsAre("antipode"));
  EXPECT_THAT(world.nearest({30, 10}, 0), IsEmpty());
}

}  // namespace
}  // namespace mt::sys_timespace
