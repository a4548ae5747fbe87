// The strong types of the log: a position is never taken for a version, a module's name never for a
// stream. All are values; texts are compared bytewise.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace mt {

// Place of an event in its module's log, counted from 1. 0 stands before the first event.
struct Position {
  std::uint64_t value = 0;
  auto operator<=>(const Position&) const = default;
};

// Place of an event in its stream, counted from 1. 0: the stream has no events.
struct Version {
  std::uint64_t value = 0;
  auto operator<=>(const Version&) const = default;
};

inline Position operator+(Position position, std::uint64_t events) {
  return {position.value + events};
}
inline Version operator+(Version version, std::uint64_t events) { return {version.value + events}; }

// "sys_accounts", "mod_main": prefix of all that a module keeps.
struct ModuleName {
  std::string value;
  auto operator<=>(const ModuleName&) const = default;
};

// The events of one entity: its category ("notice") and its id. Written "notice/4f2…".
struct StreamId {
  std::string category;
  std::string id;
  auto operator<=>(const StreamId&) const = default;
};

std::string to_string(const StreamId& stream);

// 1 to 256 printable ASCII characters; names one request of one caller, for as long as it is
// remembered (events/derived.h).
struct CommandId {
  std::string value;
  auto operator<=>(const CommandId&) const = default;
};

// BLAKE2b of what it names: 32 bytes for the chain, 16 for a request.
using Hash = std::array<std::uint8_t, 32>;
using Digest = std::array<std::uint8_t, 16>;

std::string to_hex(std::string_view bytes);
std::string to_hex(const Hash& hash);

// A UUID version 7 in lower-case text: unique, and ordered by the time of its making.
std::string random_uuid();

}  // namespace mt

template <>
struct std::hash<mt::ModuleName> {
  std::size_t operator()(const mt::ModuleName& name) const noexcept {
    return std::hash<std::string>{}(name.value);
  }
};

template <>
struct std::hash<mt::CommandId> {
  std::size_t operator()(const mt::CommandId& id) const noexcept {
    return std::hash<std::string>{}(id.value);
  }
};

template <>
struct std::hash<mt::StreamId> {
  std::size_t operator()(const mt::StreamId& stream) const noexcept {
    return std::hash<std::string>{}(stream.category) * 31 + std::hash<std::string>{}(stream.id);
  }
};
