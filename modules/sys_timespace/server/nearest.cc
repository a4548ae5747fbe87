#include "modules/sys_timespace/server/nearest.h"

#include <algorithm>
#include <utility>

namespace mt::sys_timespace {
namespace {

// Ten places lie within this of most inhabited points.
constexpr double kFirstRadiusKm = 16;

// The nearest places seen, at most `count`.
class Nearest {
 public:
  explicit Nearest(std::size_t count) : count_(count) { heap_.reserve(count); }

  void offer(double km, std::string_view id) {
    if (!is_full()) {
      heap_.push_back({km, std::string(id)});
      std::push_heap(heap_.begin(), heap_.end());
    } else if (km < farthest() || (km == farthest() && id < heap_.front().id)) {
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.back() = {km, std::string(id)};
      std::push_heap(heap_.begin(), heap_.end());
    }
  }

  bool is_full() const { return heap_.size() == count_; }
  double farthest() const { return heap_.front().km; }

  std::vector<Nearby> in_order() && {
    std::sort_heap(heap_.begin(), heap_.end());
    return std::move(heap_);
  }

 private:
  std::size_t count_;
  std::vector<Nearby> heap_;
};

}  // namespace

std::vector<Nearby> find_nearest(const Point& centre, std::size_t count, const ReadStrip& read) {
  if (count == 0) return {};
  double radius = kFirstRadiusKm;
  while (true) {
    Nearest nearest(count);
    for (const Strip& strip : strips_around(centre, radius)) {
      read(strip, [&](const Point& at, std::string_view id) {
        nearest.offer(distance_km(centre, at), id);
      });
    }
    const bool is_proven = nearest.is_full() && nearest.farthest() <= radius;
    if (is_proven || radius >= kFarthestKm) return std::move(nearest).in_order();
    // With enough found, the circle through the farthest of them settles it.
    radius = nearest.is_full() ? nearest.farthest() : std::min(2 * radius, kFarthestKm);
  }
}

}  // namespace mt::sys_timespace
