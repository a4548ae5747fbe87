// How a reactor reads: the log behind its cursor, and the streams that are behind its mark.
#include <algorithm>
#include <utility>

#include "actors/reactor_follower.h"

namespace mt {
namespace {

using reactors::v1::BehindStream;

StreamId stream_of(const std::string& name) {
  const std::size_t slash = name.find('/');
  return {name.substr(0, slash), name.substr(slash + 1)};
}

Time time_of(const google::protobuf::Timestamp& stamp) {
  return Time(std::chrono::seconds(stamp.seconds()) + std::chrono::nanoseconds(stamp.nanos()));
}

// So many records are looked at before the other reactors have their turn.
constexpr std::size_t kRecordsAtOnce = 4'096;

}  // namespace

// Half a window at once, so that a scan is worth its while.
void ReactorFollower::read() {
  if (at_work_.size() > limits_.window / 2) return;
  const Position end = end_of_reading();
  if (cursor_ >= end) return;
  const auto heads = std::make_shared<const LogHeads>(heads_of(ports_.log));
  std::size_t records = 0;
  const auto scanned =
      ports_.log.scan(reactor_->source(), cursor_ + 1, [&](const CommitRecord& record) {
        if (record.last() > end) return Scan::kStop;
        take(record, heads);
        ++records;
        return at_work_.size() < limits_.window && records < kRecordsAtOnce ? Scan::kGoOn
                                                                            : Scan::kStop;
      });
  const std::string failure = scanned ? "" : scanned.error().message;
  if (failure != failure_ && !failure.empty()) {
    logger_.error("reactor cannot read", {{"reactor", reactor_->name()}, {"reason", failure}});
  }
  failure_ = failure;
  // More at once, when the others had their turn.
  if (failure_.empty() && records == kRecordsAtOnce) mailbox_->post([] {});
}

// A commit is read as a whole: its events are of one stream.
void ReactorFollower::take(const CommitRecord& record,
                           const std::shared_ptr<const LogHeads>& heads) {
  const StreamId& stream = record.commit.stream;
  if (!is_behind(stream)) {
    for (std::size_t i = 0; i < record.commit.events.size(); ++i) {
      auto item = item_of(record, i, heads);
      if (!item || item->position <= cursor_) continue;
      at_work_.emplace(item->position, heads);
      Lane& lane = lanes_.try_emplace(stream, Lane{stream}).first->second;
      lane.items.push_back(*std::move(item));
      if (lane.items.size() == 1) ready(lane);
    }
  }
  cursor_ = record.last();
}

// Whose events it reads by themselves, or not at all by now.
bool ReactorFollower::is_behind(const StreamId& stream) const {
  if (const auto lane = lanes_.find(stream); lane != lanes_.end()) {
    return lane->second.behind.has_value();
  }
  if (facts_.state().behind().empty()) return false;
  const auto found = facts_.state().behind().find(to_string(stream));
  return found != facts_.state().behind().end() && found->second.parked();
}

std::optional<ReactorItem> ReactorFollower::item_of(
    const CommitRecord& record, std::size_t index,
    const std::shared_ptr<const LogHeads>& heads) const {
  const StoredEvent& stored = record.commit.events[index];
  const bool upcasts = upcasters_ != nullptr && !upcasters_->empty();
  const EventKind kind{stored.type, stored.schema};
  if (!reactor_->answers(upcasts ? upcasters_->leads_to(kind).type : stored.type)) return {};
  Item item{record.first + index,
            record.commit.expected + (index + 1),
            stored,
            record.time,
            record.commit.origin,
            record.commit.command.id,
            heads};
  if (!upcasts) return item;
  if (auto newest = upcasters_->upcast(stored)) {
    item.event = *std::move(newest);
  } else {
    item.fault = newest.error();
  }
  return item;
}

// What the tables hold already: commands find there what the event has done.
Position ReactorFollower::end_of_reading() {
  const Position head = ports_.log.head(reactor_->source());
  const Position applied = ports_.tables.applied(reactor_->source());
  if (applied < head) wait_for_tables(head);
  return std::min(head, applied);
}

void ReactorFollower::wait_for_tables(Position position) {
  if (std::exchange(waits_for_tables_, true)) return;
  ports_.tables.when_applied(reactor_->source(), position,
                             [this, mailbox = mailbox_](bool reached) {
                               // Tables that have stopped will never hold more.
                               if (reached) mailbox->post([this] { waits_for_tables_ = false; });
                             });
}

// ---- streams that are behind ----

// After what was written of them: those that are parked no more have a lane of their own.
void ReactorFollower::catch_up_with_state() {
  const ReactorFacts::State& state = facts_.state();
  parked_ = parked_streams(state);
  std::optional<LogHeads> untrusted;
  for (const auto& [name, stream] : state.behind()) {
    if (stream.parked() || caught_up_.contains(name)) continue;
    if (lanes_.contains(stream_of(name))) continue;
    begin_behind(stream);
    if (ports_.clock.now() - time_of(stream.since()) < limits_.remembered) continue;
    const LogHeads heads = heads_from(stream.heads());
    untrusted = untrusted ? lower_heads(*untrusted, heads) : heads;
  }
  if (!untrusted) return;
  // Their commands may be forgotten by the modules that took them; the logs forget nothing.
  if (auto found = effects_since(ports_.log, *untrusted, ids_)) done_.merge(*found);
}

void ReactorFollower::begin_behind(const BehindStream& stream) {
  Lane& lane = lanes_.try_emplace(stream_of(stream.stream())).first->second;
  lane.stream = stream_of(stream.stream());
  lane.behind = Lane::Behind{{stream.version()}, {stream.position()}};
  lane.next = stream.answered();
  ++behind_;
  ready(lane);
}

// The next events of a stream that is behind. Without any, it has caught up.
Result<void> ReactorFollower::refill(Lane& lane) {
  Lane::Behind& behind = *lane.behind;
  behind.heads = std::make_shared<const LogHeads>(heads_of(ports_.log));
  while (lane.items.empty()) {
    if (behind.records.empty()) MT_CHECK_OK(find_records(lane));
    if (behind.records.empty()) return {};
    MT_TRY(const CommitRecord record, ports_.log.at(reactor_->source(), behind.records.front()));
    behind.records.pop_front();
    for (std::size_t i = 0; i < record.commit.events.size(); ++i) {
      auto item = item_of(record, i, behind.heads);
      if (item && item->version >= behind.next) lane.items.push_back(*std::move(item));
    }
    // What was answered of an event that needs no answer by now is none of the next one's.
    if (lane.items.empty() || lane.items.front().version != behind.next) lane.next = 0;
    if (lane.items.empty()) behind.next = record.last_version() + 1;
  }
  return {};
}

Result<void> ReactorFollower::find_records(Lane& lane) {
  const std::unique_ptr<DerivedView> view = ports_.derived.view();
  const auto records =
      view->stream_records(reactor_->source(), lane.stream, Version{lane.behind->next.value - 1});
  MT_CHECK_OK(view->status());
  for (const Position first : records) {
    if (first <= cursor_) lane.behind->records.push_back(first);
  }
  return {};
}

}  // namespace mt
