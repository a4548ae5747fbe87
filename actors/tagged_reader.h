// TaggedReader: the tagged events of one decision, from one view of the derived state and the log,
// and the condition on which the decision may be appended.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "actors/entity_loader.h"
#include "actors/tagged_events.h"
#include "events/derived.h"
#include "events/event_log.h"

namespace mt {

inline constexpr std::size_t kMaxTaggedEvents = 10'000;  // that one decision reads

class TaggedReader final : public TaggedEvents {
 public:
  // References outlive it; it lives as long as the decision is made, on its thread.
  TaggedReader(const EntityIdentity& entity, const Derived& derived, const EventLog& log)
      : entity_(entity), derived_(derived), log_(log) {}

  Result<void> read(const TagQuery& query, const Visitor& visit) override;

  // The first error of a reading: nothing may be decided then, even if the entity's code overlooks
  // it.
  const Result<void>& status() const { return status_; }
  // None when nothing was read.
  const std::optional<AppendCondition>& condition() const { return condition_; }

 private:
  Result<void> try_read(const TagQuery& query, const Visitor& visit);
  Result<void> guard(const TagQuery& stored);
  Result<void> visit_at(Position at, const TagQuery& query, const TagQuery& stored,
                        const Visitor& visit);
  Result<void> find_record(Position at);

  const EntityIdentity& entity_;
  const Derived& derived_;
  const EventLog& log_;

  std::unique_ptr<DerivedView> view_;   // from the first reading on
  std::optional<CommitRecord> record_;  // the last one that was read
  std::optional<AppendCondition> condition_;
  std::size_t events_ = 0;
  Result<void> status_;
};

}  // namespace mt
