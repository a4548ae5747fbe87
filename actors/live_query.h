// LiveQuery: one open live query. It sends the result in pages, each read in a view of its own, and
// then what changes, until its client leaves. Between two messages nothing is kept but the keys of
// rows that are still to be sent: a client that reads slowly gets fewer and newer rows.
#pragma once

#include <chrono>
#include <memory>
#include <set>
#include <string>

#include "actors/live_source.h"
#include "bus/call.h"
#include "projections/live_tables.h"

namespace mt {

struct LiveLimits {
  // A client that takes nothing for so long, while something waits for it, is too slow.
  std::chrono::milliseconds patience{30'000};
  // Between two messages of changes; what comes meanwhile is sent together.
  std::chrono::milliseconds pace{50};
  // How often a client that is told of no changes learns how far it is by now.
  std::chrono::milliseconds sign_of_life{15'000};
};

class LiveQuery {
 public:
  // All that is given outlives it.
  LiveQuery(LiveTables& tables, const LiveSource& source, const LiveShape& shape,
            ReplyStream& stream, const LiveLimits& limits);

  // Blocks until the stream is closed (Ok) or the query cannot go on: RESOURCE_EXHAUSTED when the
  // client reads too slowly, DEADLINE_EXCEEDED, UNAVAILABLE when the tables stop, or the fault of a
  // read. `resume`: the token of an earlier query, or empty.
  Result<void> run(const std::string& resume, std::chrono::steady_clock::time_point deadline);

 private:
  using Instant = std::chrono::steady_clock::time_point;

  Result<void> wait_until_taken();
  // Reads what one message holds, in one view; false: not in this view.
  Result<bool> read_next(google::protobuf::Message& response);
  void begin_anew();
  Result<void> add_rows(const KvReader& kv, google::protobuf::Message& response);
  // Unless it says nothing new. False: the stream is closed.
  bool send(google::protobuf::Message& response);
  void wait_for_changes();
  bool is_over() const;

  LiveTables& tables_;
  const LiveSource& source_;
  const LiveShape& shape_;
  ReplyStream& stream_;
  const LiveLimits& limits_;
  std::unique_ptr<TableWatch> watch_;

  std::set<std::string, std::less<>> keys_;  // of rows that changed and are not sent yet
  bool is_paging_ = false;                   // the first result is not sent yet
  std::string page_;                         // the token of its next page
  bool must_reset_ = false;                  // the next message says so
  bool is_caught_up_ = false;                // as of the last message
  Position position_;                        // of the last view
  Position told_;                            // of the last message
  Instant deadline_{};
  Instant last_read_{};
  Instant last_sent_{};
  Instant quiet_until_{};  // until then nothing is told of a position alone
};

}  // namespace mt
