// ParkedStreams: what one table leaves out of its fold. An event that cannot be applied parks its
// stream: this event and those that follow it in the stream wait, all other streams go on. An event
// that was dropped is left out for good. Pure; one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "events/base/clock.h"
#include "events/base/ids.h"

namespace mt {

// The first event of a stream that waits, and why it does.
struct ParkedEvent {
  Position position;
  Version version;
  std::string type;
  std::uint32_t schema = 1;
  Time time;
  std::string why;
  std::uint32_t attempts = 1;

  bool operator==(const ParkedEvent&) const = default;
};

class ParkedStreams {
 public:
  // A projection that fails for more streams than this is itself at fault: its table stops.
  static constexpr std::size_t kMost = 1000;

  bool leaves_out(const StreamId& stream, Position position) const {
    if (streams_.empty() && dropped_.empty()) return false;
    const ParkedEvent* event = find(stream);
    return (event != nullptr && position >= event->position) || dropped_.contains(position);
  }
  // Null: the stream is not parked.
  const ParkedEvent* find(const StreamId& stream) const {
    const auto found = streams_.find(stream);
    return found == streams_.end() ? nullptr : &found->second;
  }
  const std::map<StreamId, ParkedEvent>& streams() const { return streams_; }
  const std::set<Position>& dropped() const { return dropped_; }
  bool is_too_many() const { return streams_.size() > kMost; }

  void park(const StreamId& stream, ParkedEvent event) {
    streams_.insert_or_assign(stream, std::move(event));
    is_changed_ = true;
  }
  void release(const StreamId& stream) {
    streams_.erase(stream);
    is_changed_ = true;
  }
  void drop(Position position) { dropped_.insert(position); }
  // With nothing parked: what is begun anew tries all of it again.
  ParkedStreams only_dropped() const {
    ParkedStreams others;
    others.dropped_ = dropped_;
    return others;
  }

  // Whether it is no longer as it was stored.
  bool is_changed() const { return is_changed_; }
  void set_stored() { is_changed_ = false; }

  // What an apply wrote before it failed must be taken back. That costs each write a read, so it is
  // begun only once an apply has failed so.
  bool is_careful() const { return is_careful_; }
  void be_careful() { is_careful_ = true; }

  // A fold that only compares parks nothing: an event that fails ends it.
  bool is_fixed() const { return is_fixed_; }
  void fix() { is_fixed_ = true; }

 private:
  std::map<StreamId, ParkedEvent> streams_;
  std::set<Position> dropped_;
  bool is_changed_ = false;
  bool is_careful_ = false;
  bool is_fixed_ = false;
};

}  // namespace mt
