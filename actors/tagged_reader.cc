#include "actors/tagged_reader.h"

#include <algorithm>
#include <string>
#include <utility>

#include "events/written_query.h"

namespace mt {
namespace {

// Look-ups in the index for one reading, also those that lead to no event.
constexpr std::size_t kMostSteps = 100'000;

Error too_much(const std::string& what) {
  return failed_precondition("the decision reads more than " + what +
                             "; narrow the tag query, or keep what it counts in an entity");
}

}  // namespace

Result<void> TaggedReader::read(const TagQuery& query, const Visitor& visit) {
  Result<void> outcome = try_read(query, visit);
  if (status_ && !outcome) status_ = outcome;
  return outcome;
}

Result<void> TaggedReader::try_read(const TagQuery& query, const Visitor& visit) {
  MT_CHECK_OK(check_query(query));
  const TagQuery stored = as_written(query, entity_.upcasters);
  if (view_ == nullptr) view_ = derived_.view();
  MT_CHECK_OK(guard(stored));
  TagSearch search(
      stored, {},
      [this](const std::string& tag, Position after) {
        return view_->next_tagged(entity_.module, tag, after);
      },
      kMostSteps);
  while (const auto match = search.next()) {
    if (++events_ > kMaxTaggedEvents) {
      return too_much(std::to_string(kMaxTaggedEvents) + " events");
    }
    MT_CHECK_OK(visit_at(match->at, query, stored, visit));
  }
  if (search.gave_up()) return too_much(std::to_string(kMostSteps) + " entries of the index");
  return view_->status();
}

// All that one decision reads is of one view, and so of one position.
Result<void> TaggedReader::guard(const TagQuery& stored) {
  if (!condition_) condition_ = AppendCondition{{}, view_->applied(entity_.module)};
  for (const TagQuery::Item& item : stored.items) {
    if (std::ranges::count(condition_->query.items, item) == 0) {
      condition_->query.items.push_back(item);
    }
  }
  return check_query(condition_->query);
}

Result<void> TaggedReader::visit_at(Position at, const TagQuery& query, const TagQuery& stored,
                                    const Visitor& visit) {
  MT_CHECK_OK(find_record(at));
  const Commit& commit = record_->commit;
  const std::size_t index = at.value - record_->first.value;
  const StoredEvent& event = commit.events[index];
  if (!stored.matches(event.type, event.tags)) {
    return derived_damage(entity_.module, "it names another event for a tag than one that has it");
  }
  const EventMeta meta{at,
                       commit.expected + (index + 1),
                       commit.stream,
                       record_->time,
                       commit.origin,
                       commit.command.id,
                       event.erased};
  if (entity_.upcasters == nullptr || entity_.upcasters->empty()) return visit(event, meta);
  MT_TRY(const StoredEvent newest, entity_.upcasters->upcast(event));
  return query.matches(newest.type, event.tags) ? visit(newest, meta) : Result<void>();
}

Result<void> TaggedReader::find_record(Position at) {
  if (record_ && record_->first <= at && at <= record_->last()) return {};
  Result<CommitRecord> record = log_.at(entity_.module, at);
  if (!record && record.error().code == Code::kNotFound) {
    return derived_damage(entity_.module, "it names an event that the log does not hold");
  }
  MT_TRY(record_, std::move(record));
  return {};
}

}  // namespace mt
