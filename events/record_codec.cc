#include "events/record_codec.h"

#include <algorithm>
#include <utility>

#include "events/byte_order.h"
#include "events/crypto/blake2b.h"
#include "mt/events/v1/commit.pb.h"

namespace mt {
namespace {

using events::v1::CommitBody;

constexpr std::size_t kCrcBytes = 4;
constexpr std::size_t kHashAt = 5;
constexpr std::size_t kBodyAt = kHashAt + sizeof(Hash);
constexpr char kFormat = 1;

std::string_view view(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

Hash hash_at(std::string_view bytes) {
  Hash hash;
  std::copy_n(bytes.data() + kHashAt, hash.size(), reinterpret_cast<char*>(hash.data()));
  return hash;
}

Hash chain(const Hash& previous, Position first, std::string_view body) {
  return blake2b_256({view(previous), u64_bytes(first.value), body});
}

Error damaged(const ModuleName& module, Position first, const std::string& why) {
  return data_loss("the record at position " + std::to_string(first.value) + " of " + module.value +
                   "'s log is damaged: " + why + "; restore the events folder from a backup");
}

void set_claims(const std::vector<Claim>& claims,
                google::protobuf::RepeatedPtrField<events::v1::StoredClaim>& stored) {
  for (const Claim& claim : claims) {
    auto& added = *stored.Add();
    added.set_scope(claim.scope);
    added.set_value(claim.value);
  }
}

std::vector<Claim> get_claims(google::protobuf::RepeatedPtrField<events::v1::StoredClaim>& stored) {
  std::vector<Claim> claims;
  for (auto& claim : stored) {
    claims.push_back({std::move(*claim.mutable_scope()), std::move(*claim.mutable_value())});
  }
  return claims;
}

CommitBody to_body(const CommitRecord& record) {
  const Commit& commit = record.commit;
  CommitBody body;
  body.set_category(commit.stream.category);
  body.set_entity_id(commit.stream.id);
  body.set_first_version(commit.expected.value + 1);
  for (const StoredEvent& event : commit.events) {
    auto& stored = *body.add_events();
    stored.set_type(event.type);
    stored.set_schema(event.schema);
    stored.set_payload(event.payload);
    for (const std::string& tag : event.tags) stored.add_tags(tag);
  }
  body.set_command_id(commit.command.id.value);
  if (commit.command.keyed) {
    body.set_keyed(true);
    body.set_request_digest(commit.command.digest.data(), commit.command.digest.size());
    body.set_reply(commit.command.reply);
    body.set_reply_type(commit.command.reply_type);
  }
  body.set_actor(commit.origin.actor);
  body.set_impersonator(commit.origin.impersonator);
  body.set_correlation(commit.origin.correlation);
  body.set_causation(commit.origin.causation);
  body.set_time_ns(record.time.time_since_epoch().count());
  set_claims(commit.taken, *body.mutable_taken());
  set_claims(commit.released, *body.mutable_released());
  return body;
}

CommandRef get_command(CommitBody& body) {
  CommandRef command;
  command.id.value = std::move(*body.mutable_command_id());
  command.keyed = body.keyed();
  std::copy_n(body.request_digest().data(),
              std::min(body.request_digest().size(), command.digest.size()),
              reinterpret_cast<char*>(command.digest.data()));
  command.reply_type = std::move(*body.mutable_reply_type());
  command.reply = std::move(*body.mutable_reply());
  return command;
}

CommitRecord from_body(Position first, const Hash& hash, CommitBody& body) {
  CommitRecord record;
  record.first = first;
  record.hash = hash;
  record.time = Time(std::chrono::nanoseconds(body.time_ns()));
  Commit& commit = record.commit;
  commit.stream = {std::move(*body.mutable_category()), std::move(*body.mutable_entity_id())};
  commit.expected = {body.first_version() - 1};
  commit.events.reserve(static_cast<std::size_t>(body.events_size()));
  for (auto& stored : *body.mutable_events()) {
    StoredEvent& event = commit.events.emplace_back();
    event.type = std::move(*stored.mutable_type());
    event.schema = stored.schema();
    event.payload = std::move(*stored.mutable_payload());
    event.tags.assign(stored.tags().begin(), stored.tags().end());
  }
  commit.command = get_command(body);
  commit.origin = {std::move(*body.mutable_actor()), std::move(*body.mutable_impersonator()),
                   std::move(*body.mutable_correlation()), std::move(*body.mutable_causation())};
  commit.taken = get_claims(*body.mutable_taken());
  commit.released = get_claims(*body.mutable_released());
  return record;
}

// Length, checksum and format: what can be known without the record before.
Result<void> check_envelope(const ModuleName& module, Position first, std::string_view bytes) {
  if (bytes.size() < kBodyAt) return damaged(module, first, "it is too short");
  std::uint32_t stored = 0;
  for (std::size_t i = kCrcBytes; i-- > 0;) {
    stored = stored << 8 | static_cast<unsigned char>(bytes[i]);
  }
  if (stored != crc32c(bytes.substr(kCrcBytes))) {
    return damaged(module, first, "its checksum does not hold");
  }
  if (bytes[kCrcBytes] != kFormat) {
    return damaged(module, first, "its format is unknown to this version of the program");
  }
  return {};
}

}  // namespace

std::string encode_record(CommitRecord& record, const Hash& previous) {
  std::string bytes(kBodyAt, '\0');
  to_body(record).AppendToString(&bytes);
  record.hash = chain(previous, record.first, std::string_view(bytes).substr(kBodyAt));
  bytes[kCrcBytes] = kFormat;
  std::copy_n(view(record.hash).data(), record.hash.size(), bytes.data() + kHashAt);
  std::uint32_t crc = crc32c(std::string_view(bytes).substr(kCrcBytes));
  for (std::size_t i = 0; i < kCrcBytes; ++i, crc >>= 8) bytes[i] = static_cast<char>(crc & 0xff);
  return bytes;
}

Result<CommitRecord> decode_record(const ModuleName& module, Position first, std::string_view bytes,
                                   const Hash& previous) {
  MT_CHECK_OK(check_envelope(module, first, bytes));
  const std::string_view stored_body = bytes.substr(kBodyAt);
  const Hash hash = hash_at(bytes);
  if (hash != chain(previous, first, stored_body)) {
    return damaged(module, first, "its hash does not follow from the record before");
  }
  CommitBody body;
  if (!body.ParseFromArray(stored_body.data(), static_cast<int>(stored_body.size())) ||
      body.events_size() == 0 || body.first_version() == 0) {
    return damaged(module, first, "its body is not a commit");
  }
  return from_body(first, hash, body);
}

Result<Hash> decode_hash(const ModuleName& module, Position first, std::string_view bytes) {
  MT_CHECK_OK(check_envelope(module, first, bytes));
  return hash_at(bytes);
}

Result<std::uint64_t> decode_event_count(const ModuleName& module, Position first,
                                         std::string_view bytes) {
  MT_CHECK_OK(check_envelope(module, first, bytes));
  const std::string_view stored_body = bytes.substr(kBodyAt);
  CommitBody body;
  if (!body.ParseFromArray(stored_body.data(), static_cast<int>(stored_body.size())) ||
      body.events_size() == 0) {
    return damaged(module, first, "its body is not a commit");
  }
  return static_cast<std::uint64_t>(body.events_size());
}

}  // namespace mt
