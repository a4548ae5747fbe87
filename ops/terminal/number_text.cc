#include "ops/terminal/number_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace mt {
namespace {

std::string two_units(std::uint64_t large, const char* large_unit, std::uint64_t small,
                      const char* small_unit) {
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), "%llu %s %02llu %s",
                static_cast<unsigned long long>(large), large_unit,
                static_cast<unsigned long long>(small), small_unit);
  return text.data();
}

}  // namespace

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string bytes_text(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
  double number = static_cast<double>(bytes);
  const char* unit = "";
  for (const char* larger : {"KiB", "MiB", "GiB", "TiB"}) {
    if (number < 1024) break;
    number /= 1024;
    unit = larger;
  }
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), number < 9.995 ? "%.2f %s" : "%.1f %s", number, unit);
  return text.data();
}

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "?";
  if (seconds < 59.95) {
    std::array<char, 32> text;
    std::snprintf(text.data(), text.size(), seconds < 9.995 ? "%.2f s" : "%.1f s", seconds);
    return text.data();
  }
  static constexpr std::uint64_t kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour;
  const auto whole = static_cast<std::uint64_t>(std::llround(std::min(seconds, 1e15)));
  if (whole < kHour) return two_units(whole / kMinute, "min", whole % kMinute, "s");
  if (whole < kDay) return two_units(whole / kHour, "h", whole % kHour / kMinute, "min");
  return two_units(whole / kDay, "d", whole % kDay / kHour, "h");
}

std::string milliseconds_text(double milliseconds) {
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), "%.1f ms", milliseconds);
  return text.data();
}

int percent(std::uint64_t done, std::uint64_t total) {
  if (done >= total) return 100;
  const double share = static_cast<double>(done) / static_cast<double>(total);
  return std::min(99, static_cast<int>(share * 100));
}

}  // namespace mt
