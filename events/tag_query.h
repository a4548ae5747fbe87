// TagQuery: which events of a module a decision rests on, told by their tags and types; and the
// condition on an append that none of them has come since. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/ids.h"
#include "events/base/result.h"

namespace mt {

inline constexpr std::size_t kMaxTagBytes = 128;
inline constexpr std::size_t kMaxQueryItems = 100;
inline constexpr std::size_t kMaxQueryTerms = 1'000;  // tags and types, of all items

// An event matches when it matches one of the items.
struct TagQuery {
  // Events that carry all of the tags, and are of one of the types; without types, of any.
  struct Item {
    std::vector<std::string> tags;
    std::vector<std::string> types = {};

    bool operator==(const Item&) const = default;
    bool takes(std::string_view type) const;
  };
  std::vector<Item> items;

  bool operator==(const TagQuery&) const = default;
  bool matches(std::string_view type, const std::vector<std::string>& tags) const;
};

// The query of one tag, the usual one.
inline TagQuery tagged(std::string tag) { return {{{.tags = {std::move(tag)}}}}; }

// No event that matches the query stands in the log at a position after `after`.
struct AppendCondition {
  TagQuery query;
  Position after;
};

// What is wrong with a tag: it is 1 to 128 bytes of UTF-8 without control characters, since it is
// typed by people and becomes part of keys. None when it is one.
std::optional<std::string> fault_of_tag(std::string_view tag);

// INVALID_ARGUMENT naming the item: the query or an item of it is empty (an item names at least one
// tag), has a term that can be no tag or type, or the query is over its limits.
Result<void> check_query(const TagQuery& query);

// "student:4711 and course:b2", for people.
std::string to_string(const TagQuery::Item& item);

}  // namespace mt
