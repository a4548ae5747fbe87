// ReactorFollower: one reactor at work. It reads its source's log from its mark, turns events into
// commands and sends them, those of one stream in order, those of others side by side. What it did
// it tells its own entity (actors/reactor_facts.h), in marks. The reactors' thread's own.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "actors/reactor.h"
#include "actors/reactor_effects.h"
#include "actors/reactor_facts.h"
#include "actors/reactor_info.h"
#include "actors/reactor_lane.h"
#include "actors/reactor_ports.h"
#include "events/base/log.h"

namespace mt {

class ReactorFollower {
 public:
  using Instant = ReactorMailbox::Instant;

  ReactorFollower(std::shared_ptr<const Reactor> reactor, const ReactorPorts& ports,
                  const ReactorLimits& limits, std::shared_ptr<ReactorMailbox> mailbox);

  const Reactor& reactor() const { return *reactor_; }

  // At the start: where it is by its log, and what it had done beyond its mark. A new one begins.
  // FAILED_PRECONDITION when it has read another module's log until now.
  Result<void> open();

  // Reads, sends and marks what it can now.
  void work(Instant now);
  // When there is work though nothing comes.
  std::optional<Instant> next_due() const;

  // An operator's command to its entity.
  void ask(ReactorFacts::Command command, std::shared_ptr<const CallContext> call, Respond respond);

  // Sends nothing more.
  void quiesce() { quiet_ = true; }
  // Nothing is left to be told to its entity, or it cannot be told now; sends the last mark.
  bool finish(Instant now);
  void abandon() { facts_.abandon(); }

  ReactorInfo info() const;

 private:
  using Lane = ReactorLane;
  using Item = ReactorItem;

  // Why nothing may be sent; empty when it may.
  std::string gate() const;
  bool is_held() const { return parked_ >= limits_.parked; }

  // ---- reading ----
  void read();
  void take(const CommitRecord& record, const std::shared_ptr<const LogHeads>& heads);
  bool is_behind(const StreamId& stream) const;
  std::optional<Item> item_of(const CommitRecord& record, std::size_t index,
                              const std::shared_ptr<const LogHeads>& heads) const;
  Position end_of_reading();
  void wait_for_tables(Position position);

  // ---- streams that are behind ----
  void catch_up_with_state();
  void begin_behind(const reactors::v1::BehindStream& stream);
  Result<void> refill(Lane& lane);
  Result<void> find_records(Lane& lane);

  // ---- sending ----
  void ready(Lane& lane);
  void wake_due(Instant now);
  void send_ready();
  void advance(Lane& lane);
  bool skip_done(Lane& lane, Position event);
  void send(Lane& lane);
  void answered(const StreamId& stream, const Result<Reply>& reply);
  void retry_later(Lane& lane, const Error& why);
  bool look_for_effects(Lane& lane);
  void park(Lane& lane, const Error& why);
  void parked(const StreamId& stream);
  void finished(Lane& lane);

  // ---- marks ----
  Position checkpoint() const;
  void mark(Instant now, bool is_last);
  LogHeads marked_heads() const;

  const std::shared_ptr<const Reactor> reactor_;
  const ReactorPorts& ports_;
  const ReactorLimits& limits_;
  const std::shared_ptr<ReactorMailbox> mailbox_;
  const Upcasters* const upcasters_;  // of the source
  const ReactionIds ids_;
  const Logger logger_{"reactors"};

  ReactorFacts facts_;
  std::set<Reaction> done_;  // by the logs, and not known to be answered
  Position cursor_;          // the log is read up to here
  std::map<Position, std::shared_ptr<const LogHeads>> at_work_;  // events ahead of the mark
  std::unordered_map<StreamId, Lane> lanes_;
  std::deque<StreamId> ready_;
  std::multimap<Instant, StreamId> due_;
  std::size_t in_flight_ = 0;
  std::size_t parked_ = 0;
  std::size_t behind_ = 0;           // lanes that catch up
  std::set<std::string> caught_up_;  // streams, and no mark says so yet
  bool moved_ = false;               // something was answered for since the last mark
  bool waits_for_tables_ = false;
  bool quiet_ = false;
  Instant last_mark_{};
  std::string failure_;  // why the log cannot be read on
  ReactorCounts counts_;
};

}  // namespace mt
