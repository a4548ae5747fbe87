// Retrying parked streams: the events of one stream that wait, applied after all, in one
// transaction. On the tables thread, between two batches.
#pragma once

#include <vector>

#include "events/derived.h"
#include "events/event_log.h"
#include "projections/checkpoints.h"
#include "projections/live_table.h"
#include "projections/parked_store.h"

namespace mt {

class ParkedRetry {
 public:
  ParkedRetry(KvEnv& env, const EventLog& log, const Derived& derived, const ParkedStore& store)
      : env_(env), log_(log), derived_(derived), store_(store) {}

  // Applies what waits of the stream, up to an event that fails again. NOT_FOUND when the stream is
  // not parked; FAILED_PRECONDITION when the table follows its log no more.
  Result<RetryReport> retry(LiveTable& table, const StreamId& stream);
  // The same, but for the event at `position`, which is left out for good. FAILED_PRECONDITION when
  // the stream waits at another one.
  Result<RetryReport> drop(LiveTable& table, const StreamId& stream, Position position,
                           const Dropped& why);

  // What is parked of the table, by position. Any thread.
  Result<void> add_parked(const LiveTable& table, std::vector<ParkedStream>& all) const;

 private:
  Result<const ParkedEvent*> find(LiveTable& table, const StreamId& stream) const;
  Result<RetryReport> go_on(LiveTable& table, const StreamId& stream, const ParkedEvent& from,
                            const Dropped* drop);
  // Their positions, in order: of the records that hold the event and those behind it.
  Result<std::vector<Position>> waiting(const LiveTable& table, const StreamId& stream,
                                        Version from) const;
  Result<void> apply(LiveTable& table, const std::vector<Position>& records, Position after,
                     RetryReport& report, KvWriter& kv);

  KvEnv& env_;
  const EventLog& log_;
  const Derived& derived_;
  const ParkedStore& store_;
};

}  // namespace mt
