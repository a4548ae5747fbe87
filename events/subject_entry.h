// What the environment of the keys holds: its stores, and of each subject the slot of its key or
// when it was erased.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "events/base/clock.h"
#include "events/byte_order.h"

namespace mt {

namespace key_stores {

constexpr char kSubjects[] = "subjects";  // subject → SubjectEntry
constexpr char kModules[] = "modules";    // module → its wrapped key
constexpr char kState[] = "state";
// In the last one.
constexpr std::string_view kFingerprint = "master";  // of the master key
constexpr std::string_view kErasedCount = "erased";  // how many subjects were, u64

inline std::uint64_t number(std::optional<std::string_view> value) {
  return value && value->size() == sizeof(std::uint64_t) ? read_u64(*value) : 0;
}

}  // namespace key_stores

struct SubjectEntry {
  // One byte.
  enum class Stage : char {
    kLive = 1,
    kErasing = 2,  // counts as erased; its slot is still to be wiped
    kErased = 3,
  };

  Stage stage = Stage::kLive;
  std::uint64_t slot = 0;
  Time erased{};

  static std::optional<SubjectEntry> parse(std::string_view value) {
    if (value.size() != 1 + 2 * sizeof(std::uint64_t)) return std::nullopt;
    SubjectEntry entry;
    entry.stage = static_cast<Stage>(value.front());
    if (entry.stage < Stage::kLive || entry.stage > Stage::kErased) return std::nullopt;
    entry.slot = read_u64(value.substr(1, sizeof(std::uint64_t)));
    const std::uint64_t ns = read_u64(value.substr(1 + sizeof(std::uint64_t)));
    entry.erased = Time(std::chrono::nanoseconds(static_cast<std::int64_t>(ns)));
    return entry;
  }
  std::string bytes() const {
    const auto ns = static_cast<std::uint64_t>(erased.time_since_epoch().count());
    return std::string(1, static_cast<char>(stage)) + u64_bytes(slot) + u64_bytes(ns);
  }
  bool is_erased() const { return stage != Stage::kLive; }
};

}  // namespace mt
