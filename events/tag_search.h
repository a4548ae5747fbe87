// TagSearch: the events that match a tag query, in the order of the log, by an index that knows of
// single tags where the next event with that tag is. Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/ids.h"
#include "events/tag_query.h"

namespace mt {

// An event that carries some tag. The type is valid as long as the view that it was found in.
struct TaggedEvent {
  Position at;
  std::string_view type;
};

// The first event after the position that carries the tag.
using NextTagged =
    std::function<std::optional<TaggedEvent>(const std::string& tag, Position after)>;

class TagSearch {
 public:
  struct Match {
    Position at;
    const TagQuery::Item* item = nullptr;  // that it matches; one of them
  };

  // `query` passes check_query() and outlives the search. `most_steps` bounds the look-ups, also
  // those that lead to no match.
  TagSearch(const TagQuery& query, Position after, NextTagged next, std::size_t most_steps);

  // None: there are no more, or it has given up.
  std::optional<Match> next();
  bool gave_up() const { return steps_left_ == 0; }

 private:
  // Where an item is: at its next match that was not given out yet; none when it has no more.
  struct Cursor {
    const TagQuery::Item* item;
    std::optional<Position> at;
  };

  std::optional<Position> next_of(const TagQuery::Item& item, Position after);
  std::optional<TaggedEvent> with_all_tags(const TagQuery::Item& item, Position after);
  std::optional<TaggedEvent> look_up(const std::string& tag, Position after);

  const NextTagged next_;
  std::size_t steps_left_;
  std::vector<Cursor> cursors_;
};

}  // namespace mt
