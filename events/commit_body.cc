#include "events/commit_body.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "events/wire_writer.h"
#include "mt/events/v1/commit.pb.h"

namespace mt {
namespace {

using events::v1::CommitBody;
using PbEvent = events::v1::StoredEvent;
using PbClaim = events::v1::StoredClaim;

void append_event(const StoredEvent& event, WireWriter& out) {
  std::size_t size = WireWriter::text_size(PbEvent::kTypeFieldNumber, event.type) +
                     WireWriter::number_size(PbEvent::kSchemaFieldNumber, event.schema) +
                     WireWriter::text_size(PbEvent::kPayloadFieldNumber, event.payload);
  for (const std::string& tag : event.tags) {
    size += WireWriter::element_size(PbEvent::kTagsFieldNumber, tag);
  }
  out.message(CommitBody::kEventsFieldNumber, size);
  out.text(PbEvent::kTypeFieldNumber, event.type);
  out.number(PbEvent::kSchemaFieldNumber, event.schema);
  out.text(PbEvent::kPayloadFieldNumber, event.payload);
  for (const std::string& tag : event.tags) out.element(PbEvent::kTagsFieldNumber, tag);
}

void append_claims(std::uint32_t field, const std::vector<Claim>& claims, WireWriter& out) {
  for (const Claim& claim : claims) {
    out.message(field, WireWriter::text_size(PbClaim::kScopeFieldNumber, claim.scope) +
                           WireWriter::text_size(PbClaim::kValueFieldNumber, claim.value));
    out.text(PbClaim::kScopeFieldNumber, claim.scope);
    out.text(PbClaim::kValueFieldNumber, claim.value);
  }
}

std::string_view view(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::vector<Claim> take_claims(google::protobuf::RepeatedPtrField<PbClaim>& stored) {
  std::vector<Claim> claims;
  claims.reserve(static_cast<std::size_t>(stored.size()));
  for (auto& claim : stored) {
    claims.push_back({std::move(*claim.mutable_scope()), std::move(*claim.mutable_value())});
  }
  return claims;
}

StoredEvent take_event(PbEvent& stored) {
  StoredEvent event;
  event.type = std::move(*stored.mutable_type());
  event.schema = stored.schema();
  event.payload = std::move(*stored.mutable_payload());
  event.tags.assign(stored.tags().begin(), stored.tags().end());
  return event;
}

CommandRef take_command(CommitBody& body) {
  CommandRef command;
  command.id.value = std::move(*body.mutable_command_id());
  command.keyed = body.keyed();
  const std::string& digest = body.request_digest();
  std::copy_n(digest.data(), std::min(digest.size(), command.digest.size()),
              reinterpret_cast<char*>(command.digest.data()));
  command.reply_type = std::move(*body.mutable_reply_type());
  command.reply = std::move(*body.mutable_reply());
  return command;
}

}  // namespace

// In the order of the field numbers, as protobuf's own writer does, so that equal commits have
// equal bytes whoever writes them.
void append_commit_body(const CommitRecord& record, std::string& bytes) {
  const Commit& commit = record.commit;
  WireWriter out(bytes);
  out.text(CommitBody::kCategoryFieldNumber, commit.stream.category);
  out.text(CommitBody::kEntityIdFieldNumber, commit.stream.id);
  out.number(CommitBody::kFirstVersionFieldNumber, commit.expected.value + 1);
  for (const StoredEvent& event : commit.events) append_event(event, out);
  out.text(CommitBody::kCommandIdFieldNumber, commit.command.id.value);
  if (commit.command.keyed) {
    out.number(CommitBody::kKeyedFieldNumber, 1);
    out.text(CommitBody::kRequestDigestFieldNumber, view(commit.command.digest));
    out.text(CommitBody::kReplyFieldNumber, commit.command.reply);
  }
  out.text(CommitBody::kActorFieldNumber, commit.origin.actor);
  out.text(CommitBody::kImpersonatorFieldNumber, commit.origin.impersonator);
  out.text(CommitBody::kCorrelationFieldNumber, commit.origin.correlation);
  out.text(CommitBody::kCausationFieldNumber, commit.origin.causation);
  out.number(CommitBody::kTimeNsFieldNumber,
             static_cast<std::uint64_t>(record.time.time_since_epoch().count()));
  append_claims(CommitBody::kTakenFieldNumber, commit.taken, out);
  append_claims(CommitBody::kReleasedFieldNumber, commit.released, out);
  if (commit.command.keyed) out.text(CommitBody::kReplyTypeFieldNumber, commit.command.reply_type);
}

std::optional<CommitRecord> parse_commit_body(Position first, std::string_view bytes) {
  if (bytes.size() > std::numeric_limits<int>::max()) return std::nullopt;
  CommitBody body;
  if (!body.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  if (body.events_size() == 0 || body.first_version() == 0) return std::nullopt;

  CommitRecord record;
  record.first = first;
  record.time = Time(std::chrono::nanoseconds(body.time_ns()));
  Commit& commit = record.commit;
  commit.stream = {std::move(*body.mutable_category()), std::move(*body.mutable_entity_id())};
  commit.expected = {body.first_version() - 1};
  commit.events.reserve(static_cast<std::size_t>(body.events_size()));
  for (auto& event : *body.mutable_events()) commit.events.push_back(take_event(event));
  commit.command = take_command(body);
  commit.origin = {std::move(*body.mutable_actor()), std::move(*body.mutable_impersonator()),
                   std::move(*body.mutable_correlation()), std::move(*body.mutable_causation())};
  commit.taken = take_claims(*body.mutable_taken());
  commit.released = take_claims(*body.mutable_released());
  return record;
}

}  // namespace mt
