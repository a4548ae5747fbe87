#include "modules/sys_timespace/server/zones.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

namespace mt::sys_timespace {
namespace {

constexpr std::string_view kZoneInfo = "/usr/share/zoneinfo/";
constexpr std::size_t kMaxName = 64;

// Names that tzdata holds but that say nothing of a place's clock, or count leap seconds.
constexpr std::array<std::string_view, 5> kNoZones{"Factory", "localtime", "posix", "posixrules",
                                                   "right"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_part(std::string_view part) {
  return !part.empty() && is_letter(part.front()) &&
         std::all_of(part.begin(), part.end(), [](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-';
         });
}

// One to three parts with slashes between; no dot, so that no name leaves the folder.
bool is_zone_name(std::string_view name) {
  if (name.size() > kMaxName) return false;
  const std::string_view first = name.substr(0, name.find('/'));
  if (std::find(kNoZones.begin(), kNoZones.end(), first) != kNoZones.end()) return false;
  for (int parts = 1; parts <= 3; ++parts) {
    const std::size_t end = name.find('/');
    if (!is_part(name.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    name.remove_prefix(end + 1);
  }
  return false;
}

// Abseil remembers every name it was asked for, known or not, for ever: names that callers made up
// must not reach it.
bool is_installed(std::string_view name) {
  std::error_code error;
  return std::filesystem::is_regular_file(std::string(kZoneInfo).append(name), error);
}

}  // namespace

std::optional<absl::TimeZone> find_zone(std::string_view name) {
  if (!is_zone_name(name) || !is_installed(name)) return std::nullopt;
  absl::TimeZone zone;
  if (!absl::LoadTimeZone({name.data(), name.size()}, &zone)) return std::nullopt;
  return zone;
}

Result<absl::TimeZone> zone_of(std::string field, std::string_view name) {
  const std::optional<absl::TimeZone> zone = find_zone(name);
  if (zone) return *zone;
  return invalid_field(std::move(field),
                       "\"" + std::string(name) +
                           "\" is not a time zone that this system knows; give an "
                           "IANA name such as \"Europe/Berlin\"");
}

}  // namespace mt::sys_timespace
