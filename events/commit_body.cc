#include "events/commit_body.h"

#include <algorithm>
#include <utility>

#include "events/wire_reader.h"
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
  size += WireWriter::text_size(PbEvent::kSubjectFieldNumber, event.subject) +
          WireWriter::text_size(PbEvent::kSealedFieldNumber, event.sealed);
  out.message(CommitBody::kEventsFieldNumber, size);
  out.text(PbEvent::kTypeFieldNumber, event.type);
  out.number(PbEvent::kSchemaFieldNumber, event.schema);
  out.text(PbEvent::kPayloadFieldNumber, event.payload);
  for (const std::string& tag : event.tags) out.element(PbEvent::kTagsFieldNumber, tag);
  out.text(PbEvent::kSubjectFieldNumber, event.subject);
  out.text(PbEvent::kSealedFieldNumber, event.sealed);
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

void clear(StoredEvent& event) {
  event.type.clear();
  event.schema = 0;
  event.payload.clear();
  event.tags.clear();
  event.subject.clear();
  event.sealed.clear();
  event.erased = false;
}

// But for its events, which are each cleared when they are read.
void clear(Commit& commit) {
  commit.stream.category.clear();
  commit.stream.id.clear();
  commit.command.id.value.clear();
  commit.command.keyed = false;
  commit.command.digest.fill(0);
  commit.command.reply_type.clear();
  commit.command.reply.clear();
  commit.origin.actor.clear();
  commit.origin.impersonator.clear();
  commit.origin.correlation.clear();
  commit.origin.causation.clear();
  commit.taken.clear();
  commit.released.clear();
  commit.condition.reset();
}

// Each reads one inner message into `into`; false when its bytes are none.
bool read_event(std::string_view bytes, StoredEvent& into) {
  clear(into);
  WireReader in(bytes);
  while (in.next()) {
    switch (in.field()) {
      case PbEvent::kTypeFieldNumber:
        in.get(into.type);
        break;
      case PbEvent::kSchemaFieldNumber:
        in.get(into.schema);
        break;
      case PbEvent::kPayloadFieldNumber:
        in.get(into.payload);
        break;
      case PbEvent::kTagsFieldNumber:
        if (in.is_bytes()) into.tags.emplace_back(in.bytes());
        break;
      case PbEvent::kSubjectFieldNumber:
        in.get(into.subject);
        break;
      case PbEvent::kSealedFieldNumber:
        in.get(into.sealed);
        break;
    }
  }
  return in.is_whole();
}

bool read_claim(std::string_view bytes, Claim& into) {
  WireReader in(bytes);
  while (in.next()) {
    switch (in.field()) {
      case PbClaim::kScopeFieldNumber:
        in.get(into.scope);
        break;
      case PbClaim::kValueFieldNumber:
        in.get(into.value);
        break;
    }
  }
  return in.is_whole();
}

bool read_one_claim(const WireReader& in, std::vector<Claim>& into) {
  return !in.is_bytes() || read_claim(in.bytes(), into.emplace_back());
}

void read_digest(const WireReader& in, Digest& into) {
  if (!in.is_bytes()) return;
  into.fill(0);
  std::copy_n(in.bytes().data(), std::min(in.bytes().size(), into.size()),
              reinterpret_cast<char*>(into.data()));
}

// Where a field that is a text belongs; null for a field that is none, or not known.
std::string* text_field(std::uint32_t field, Commit& commit) {
  switch (field) {
    case CommitBody::kCategoryFieldNumber:
      return &commit.stream.category;
    case CommitBody::kEntityIdFieldNumber:
      return &commit.stream.id;
    case CommitBody::kCommandIdFieldNumber:
      return &commit.command.id.value;
    case CommitBody::kReplyFieldNumber:
      return &commit.command.reply;
    case CommitBody::kReplyTypeFieldNumber:
      return &commit.command.reply_type;
    case CommitBody::kActorFieldNumber:
      return &commit.origin.actor;
    case CommitBody::kImpersonatorFieldNumber:
      return &commit.origin.impersonator;
    case CommitBody::kCorrelationFieldNumber:
      return &commit.origin.correlation;
    case CommitBody::kCausationFieldNumber:
      return &commit.origin.causation;
    default:
      return nullptr;
  }
}

// What a record holds beside its commit's own fields.
struct Numbers {
  std::uint64_t first_version = 0;
  std::int64_t time_ns = 0;
  std::size_t events = 0;  // read so far; behind them may be some of the record before
};

bool read_one_event(const WireReader& in, std::vector<StoredEvent>& into, std::size_t& read) {
  if (!in.is_bytes()) return true;
  if (read == into.size()) into.emplace_back();
  return read_event(in.bytes(), into[read++]);
}

// One field of the body; false when it is an inner message that cannot be read.
bool read_field(const WireReader& in, Commit& commit, Numbers& numbers) {
  switch (in.field()) {
    case CommitBody::kEventsFieldNumber:
      return read_one_event(in, commit.events, numbers.events);
    case CommitBody::kTakenFieldNumber:
      return read_one_claim(in, commit.taken);
    case CommitBody::kReleasedFieldNumber:
      return read_one_claim(in, commit.released);
    case CommitBody::kFirstVersionFieldNumber:
      in.get(numbers.first_version);
      return true;
    case CommitBody::kTimeNsFieldNumber:
      in.get(numbers.time_ns);
      return true;
    case CommitBody::kKeyedFieldNumber:
      in.get(commit.command.keyed);
      return true;
    case CommitBody::kRequestDigestFieldNumber:
      read_digest(in, commit.command.digest);
      return true;
    default:
      if (std::string* const text = text_field(in.field(), commit)) in.get(*text);
      return true;
  }
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

bool parse_commit_body(Position first, std::string_view bytes, CommitRecord& into) {
  Commit& commit = into.commit;
  clear(commit);
  Numbers numbers;
  WireReader in(bytes);
  while (in.next()) {
    if (!read_field(in, commit, numbers)) return false;
  }
  if (!in.is_whole() || numbers.events == 0 || numbers.first_version == 0) return false;
  commit.events.resize(numbers.events);
  commit.expected = {numbers.first_version - 1};
  into.first = first;
  into.time = Time(std::chrono::nanoseconds(numbers.time_ns));
  into.hash = {};
  return true;
}

std::optional<CommitRecord> parse_commit_body(Position first, std::string_view bytes) {
  std::optional<CommitRecord> record(std::in_place);
  if (!parse_commit_body(first, bytes, *record)) record.reset();
  return record;
}

}  // namespace mt
