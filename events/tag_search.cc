#include "events/tag_search.h"

#include <utility>

namespace mt {

TagSearch::TagSearch(const TagQuery& query, Position after, NextTagged next, std::size_t most_steps)
    : next_(std::move(next)), steps_left_(most_steps) {
  cursors_.reserve(query.items.size());
  for (const TagQuery::Item& item : query.items) {
    cursors_.push_back({&item, next_of(item, after)});
  }
}

std::optional<TagSearch::Match> TagSearch::next() {
  if (gave_up()) return std::nullopt;
  std::optional<Match> first;
  for (const Cursor& cursor : cursors_) {
    if (cursor.at && (!first || *cursor.at < first->at)) first = Match{*cursor.at, cursor.item};
  }
  if (!first) return std::nullopt;
  for (Cursor& cursor : cursors_) {
    if (cursor.at == first->at) cursor.at = next_of(*cursor.item, first->at);
  }
  return first;
}

std::optional<Position> TagSearch::next_of(const TagQuery::Item& item, Position after) {
  for (;;) {
    const std::optional<TaggedEvent> found = with_all_tags(item, after);
    if (!found) return std::nullopt;
    if (item.takes(found->type)) return found->at;
    after = found->at;
  }
}

// The tags in turn: each leaps to the first event that is not before where the others are, until
// all stand at the same one.
std::optional<TaggedEvent> TagSearch::with_all_tags(const TagQuery::Item& item, Position after) {
  std::optional<TaggedEvent> candidate = look_up(item.tags.front(), after);
  std::size_t agreed = 1;
  for (std::size_t i = 1; candidate && agreed < item.tags.size(); ++i) {
    const Position before{candidate->at.value - 1};
    const auto found = look_up(item.tags[i % item.tags.size()], before);
    agreed = found && found->at == candidate->at ? agreed + 1 : 1;
    candidate = found;
  }
  return candidate;
}

std::optional<TaggedEvent> TagSearch::look_up(const std::string& tag, Position after) {
  if (steps_left_ == 0 || --steps_left_ == 0) return std::nullopt;
  return next_(tag, after);
}

}  // namespace mt
