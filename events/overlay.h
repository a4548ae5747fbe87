// Overlay: what one module's log holds beyond the derived state: stream versions, command results,
// claims and tags of the commits that the tables thread has not applied yet. The writer thread's
// own.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "events/base/ids.h"
#include "events/record.h"
#include "events/tag_search.h"

namespace mt {

// What a keyed command answered.
struct CommandResult {
  Position last;
  Version version;
  Digest digest{};
  std::string reply_type;
  std::string reply;
  Time time{};  // of its record
};

class Overlay {
 public:
  void add(const CommitRecord& record);
  // Forgets what the derived state holds by now.
  void forget(Position applied);

  std::optional<Version> stream_version(const StreamId& stream) const;
  const CommandResult* command(const CommandId& id) const;
  // Who holds the claim: none when nothing is known; an empty stream when it was released.
  const StreamId* claim_holder(const Claim& claim) const;
  // The first event after the position that carries the tag.
  std::optional<TaggedEvent> next_tagged(const std::string& tag, Position after) const;

 private:
  struct Latest {
    Position at;
    Version version;
  };
  struct Holder {
    Position at;
    StreamId stream;
  };
  using TagAt = std::pair<std::string, Position>;
  // One commit's traces, in the order of the log.
  struct Trace {
    Position at;
    StreamId stream;
    std::optional<CommandId> command;
    std::vector<Claim> claims;
    std::vector<TagAt> tags;
  };

  std::deque<Trace> traces_;
  std::unordered_map<StreamId, Latest> streams_;
  std::unordered_map<CommandId, CommandResult> commands_;
  std::map<Claim, Holder> claims_;
  std::map<TagAt, std::string> tags_;  // the types of the events
};

}  // namespace mt
