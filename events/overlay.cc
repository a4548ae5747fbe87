#include "events/overlay.h"

#include <utility>

namespace mt {

void Overlay::add(const CommitRecord& record) {
  const Commit& commit = record.commit;
  Trace trace{record.last(), commit.stream, {}, {}, {}};
  streams_[commit.stream] = {record.last(), record.last_version()};
  if (commit.command.keyed) {
    trace.command = commit.command.id;
    commands_[commit.command.id] = {record.last(),         record.last_version(),
                                    commit.command.digest, commit.command.reply_type,
                                    commit.command.reply,  record.time};
  }
  for (const Claim& claim : commit.released) {
    claims_[claim] = {record.last(), {}};
    trace.claims.push_back(claim);
  }
  for (const Claim& claim : commit.taken) {
    claims_[claim] = {record.last(), commit.stream};
    trace.claims.push_back(claim);
  }
  for (std::size_t i = 0; i < commit.events.size(); ++i) {
    for (const std::string& tag : commit.events[i].tags) {
      tags_[{tag, record.first + i}] = commit.events[i].type;
      trace.tags.push_back({tag, record.first + i});
    }
  }
  traces_.push_back(std::move(trace));
}

void Overlay::forget(Position applied) {
  // An entry that a later commit has renewed stays until that one is applied too.
  for (; !traces_.empty() && traces_.front().at <= applied; traces_.pop_front()) {
    const Trace& trace = traces_.front();
    if (const auto at = streams_.find(trace.stream);
        at != streams_.end() && at->second.at <= applied) {
      streams_.erase(at);
    }
    if (trace.command) {
      const auto at = commands_.find(*trace.command);
      if (at != commands_.end() && at->second.last <= applied) commands_.erase(at);
    }
    for (const Claim& claim : trace.claims) {
      const auto at = claims_.find(claim);
      if (at != claims_.end() && at->second.at <= applied) claims_.erase(at);
    }
    for (const TagAt& tag : trace.tags) tags_.erase(tag);
  }
}

std::optional<Version> Overlay::stream_version(const StreamId& stream) const {
  const auto at = streams_.find(stream);
  if (at == streams_.end()) return std::nullopt;
  return at->second.version;
}

const CommandResult* Overlay::command(const CommandId& id) const {
  const auto at = commands_.find(id);
  return at == commands_.end() ? nullptr : &at->second;
}

const StreamId* Overlay::claim_holder(const Claim& claim) const {
  const auto at = claims_.find(claim);
  return at == claims_.end() ? nullptr : &at->second.stream;
}

std::optional<TaggedEvent> Overlay::next_tagged(const std::string& tag, Position after) const {
  const auto at = tags_.lower_bound({tag, after + 1});
  if (at == tags_.end() || at->first.first != tag) return std::nullopt;
  return TaggedEvent{at->first.second, at->second};
}

}  // namespace mt
