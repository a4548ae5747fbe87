#include "events/personal_data.h"

#include <algorithm>
#include <utility>

#include "events/byte_order.h"
#include "events/crypto/base64url.h"
#include "events/crypto/blake2b.h"
#include "mt/events/v1/commit.pb.h"

namespace mt {
namespace {

namespace pb = google::protobuf;

constexpr std::string_view kHashed = "keyed:";
constexpr std::size_t kHashedBytes = kHashed.size() + 43;  // base64url of 32 bytes

bool is_hashed(const Claim& claim) {
  return claim.value.size() == kHashedBytes && claim.value.starts_with(kHashed);
}

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text.append(part).push_back('\0');
  return text;
}

// What a sealed part cannot be moved away from: whoever can write to the log could otherwise put
// one event's data into another.
std::string bound_to_event(const ModuleName& module, const StreamId& stream, Version version,
                           const StoredEvent& event) {
  return joined({"event", module.value, stream.category, stream.id, event.type, event.subject}) +
         u64_bytes(version.value) + u64_bytes(event.schema);
}

std::string bound_to_reply(const ModuleName& module, const StreamId& stream,
                           const CommandId& command, const std::string& reply_type,
                           const std::string& subject) {
  return joined(
      {"reply", module.value, stream.category, stream.id, command.value, reply_type, subject});
}

const std::string& sealed_reply() {
  static const std::string& name = events::v1::SealedReply::descriptor()->full_name();
  return name;
}

Error changed_since() {
  return data_loss(
      "its personal fields cannot be opened: they have changed, or their subject's key "
      "is another one; restore events and keys folders that belong together");
}

Claim hashed(const SecretKey& key, const Claim& claim) {
  const Hash hash =
      blake2b_256_keyed(key.bytes(), {claim.scope, std::string_view("\0", 1), claim.value});
  return {claim.scope,
          std::string(kHashed) + base64url_encode(std::string_view(
                                     reinterpret_cast<const char*>(hash.data()), hash.size()))};
}

std::unique_ptr<pb::Message> fresh(const pb::Descriptor& type) {
  return std::unique_ptr<pb::Message>(
      pb::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

}  // namespace

Result<void> PersonalData::learn(const ModuleName& module, const EventTypes& types,
                                 const std::set<std::string>& claims) {
  Rules rules;
  for (const auto& [name, type] : types.all()) {
    MT_TRY(PersonalFields fields, PersonalFields::of(*type.message));
    if (!fields.empty()) rules.events.emplace(name, std::move(fields));
  }
  rules.claims = claims;
  if (!claims.empty()) {
    MT_TRY(const SecretKey key, keys_.module_key(module));
    rules.claim_key = key;
  }
  if (!rules.events.empty() || !claims.empty()) rules_.insert_or_assign(module, std::move(rules));
  return {};
}

const PersonalData::Rules* PersonalData::rules_of(const ModuleName& module) const {
  const auto found = rules_.find(module);
  return found == rules_.end() ? nullptr : &found->second;
}

// ---- into the log ----

Result<PersonalData::Leases> PersonalData::seal(const ModuleName& module, Commit& commit) const {
  Leases leases;
  const Rules* rules = rules_of(module);
  if (rules == nullptr) return leases;
  for (std::size_t i = 0; i < commit.events.size(); ++i) {
    StoredEvent& event = commit.events[i];
    const auto fields = rules->events.find(event.type);
    if (fields == rules->events.end()) continue;
    MT_CHECK_OK(seal_event(module, commit.stream, commit.expected + (i + 1), fields->second, event,
                           leases));
  }
  for (auto* claims : {&commit.taken, &commit.released}) {
    for (Claim& claim : *claims) claim = kept(module, claim);
  }
  return leases;
}

Result<void> PersonalData::seal_event(const ModuleName& module, const StreamId& stream,
                                      Version version, const PersonalFields& fields,
                                      StoredEvent& event, Leases& leases) const {
  const auto message = fresh(*fields.type());
  if (!message->ParseFromString(event.payload)) {
    return internal("the payload of event " + event.type + " does not parse");
  }
  const std::string personal = fields.take_from(*message);
  if (personal.empty()) return {};
  event.subject = fields.subject_of(*message, stream);
  if (event.subject.empty()) {
    return internal("event " + event.type + " of " + to_string(stream) +
                    " does not say whose its personal fields are");
  }
  MT_TRY(auto use, keys_.use(event.subject));
  event.payload = message->SerializeAsString();
  event.sealed = mt::seal(use.key, personal, bound_to_event(module, stream, version, event));
  leases.push_back(std::move(use.lease));
  return {};
}

Result<const PersonalFields*> PersonalData::of_reply(const pb::Descriptor& type) const {
  const std::lock_guard lock(mutex_);
  const auto known = replies_.find(&type);
  if (known != replies_.end()) return &known->second;
  MT_TRY(PersonalFields fields, PersonalFields::of(type));
  return &replies_.emplace(&type, std::move(fields)).first->second;
}

Result<PersonalData::Leases> PersonalData::seal_reply(const ModuleName& module,
                                                      const StreamId& stream,
                                                      const pb::Message& reply,
                                                      CommandRef& command) const {
  Leases leases;
  MT_TRY(const PersonalFields* fields, of_reply(*reply.GetDescriptor()));
  command.reply_type = reply.GetDescriptor()->full_name();
  command.reply = reply.SerializeAsString();
  if (fields->empty()) return leases;
  const std::unique_ptr<pb::Message> rest(reply.New());
  rest->CopyFrom(reply);
  const std::string personal = fields->take_from(*rest);
  if (personal.empty()) return leases;
  events::v1::SealedReply stored;
  stored.set_reply_type(command.reply_type);
  stored.set_reply(rest->SerializeAsString());
  stored.set_subject(fields->subject_of(*rest, stream));
  MT_TRY(auto use, keys_.use(stored.subject()));
  stored.set_sealed(
      mt::seal(use.key, personal,
               bound_to_reply(module, stream, command.id, stored.reply_type(), stored.subject())));
  leases.push_back(std::move(use.lease));
  command.reply_type = sealed_reply();
  command.reply = stored.SerializeAsString();
  return leases;
}

// ---- out of the log ----

bool PersonalData::concerns(const ModuleName& module, const CommitRecord& record) const {
  const Commit& commit = record.commit;
  for (const StoredEvent& event : commit.events) {
    if (!event.sealed.empty()) return true;
  }
  const Rules* rules = rules_of(module);
  if (rules == nullptr) return false;
  if (keys_.has_erased()) return true;
  for (const auto* claims : {&commit.taken, &commit.released}) {
    for (const Claim& claim : *claims) {
      if (!is_hashed(claim) && rules->claims.contains(claim.scope)) return true;
    }
  }
  return false;
}

Result<void> PersonalData::open(const ModuleName& module, CommitRecord& record) const {
  Commit& commit = record.commit;
  const Rules* rules = rules_of(module);
  for (std::size_t i = 0; i < commit.events.size(); ++i) {
    StoredEvent& event = commit.events[i];
    const Result<void> opened =
        !event.sealed.empty() ? open_event(module, commit.stream, commit.expected + (i + 1), event)
        : rules != nullptr && keys_.has_erased() ? blank_event(*rules, commit.stream, event)
                                                 : Result<void>();
    if (opened) continue;
    Error error = opened.error();
    error.message = "the event at position " + std::to_string((record.first + i).value) + " of " +
                    module.value + " (" + event.type + "): " + error.message;
    return error;
  }
  return rules == nullptr ? Result<void>() : open_claims(module, *rules, commit);
}

Result<void> PersonalData::open_event(const ModuleName& module, const StreamId& stream,
                                      Version version, StoredEvent& event) const {
  MT_TRY(const auto key, keys_.find(event.subject));
  if (key) {
    const auto personal =
        open_sealed(*key, event.sealed, bound_to_event(module, stream, version, event));
    if (!personal) return changed_since();
    event.payload += *personal;
  }
  event.erased = !key;
  event.sealed.clear();
  return {};
}

// An event from before its fields were marked as personal says them in clear, for ever; here it
// says them no more.
Result<void> PersonalData::blank_event(const Rules& rules, const StreamId& stream,
                                       StoredEvent& event) const {
  const auto fields = rules.events.find(event.type);
  if (fields == rules.events.end()) return {};
  const auto message = fresh(*fields->second.type());
  if (!message->ParseFromString(event.payload)) return {};
  const std::string subject = fields->second.subject_of(*message, stream);
  if (subject.empty()) return {};
  MT_TRY(const bool erased, keys_.is_erased(subject));
  if (!erased || fields->second.take_from(*message).empty()) return {};
  event.subject = subject;
  event.payload = message->SerializeAsString();
  event.erased = true;
  return {};
}

// Those of older records are in clear. Whoever was erased holds none any more.
Result<void> PersonalData::open_claims(const ModuleName& module, const Rules& rules,
                                       Commit& commit) const {
  if (rules.claims.empty()) return {};
  MT_TRY(const bool erased, is_erased(commit.stream));
  for (auto* claims : {&commit.taken, &commit.released}) {
    if (erased) {
      std::erase_if(*claims, [&](const Claim& one) { return rules.claims.contains(one.scope); });
    }
    for (Claim& claim : *claims) claim = read_as(module, claim);
  }
  return {};
}

Result<void> PersonalData::open_reply(const ModuleName& module, const StreamId& stream,
                                      const CommandId& command, std::string& reply_type,
                                      std::string& reply) const {
  if (reply_type != sealed_reply()) return {};
  events::v1::SealedReply stored;
  if (!stored.ParseFromString(reply)) return data_loss("a sealed reply does not parse");
  MT_TRY(const auto key, keys_.find(stored.subject()));
  reply_type = stored.reply_type();
  reply = stored.reply();
  if (!key) return {};
  const auto personal = open_sealed(
      *key, stored.sealed(), bound_to_reply(module, stream, command, reply_type, stored.subject()));
  if (!personal) return changed_since();
  reply += *personal;
  return {};
}

// ---- claims and subjects ----

Claim PersonalData::kept(const ModuleName& module, const Claim& claim) const {
  const Rules* rules = rules_of(module);
  if (rules == nullptr || !rules->claims.contains(claim.scope)) return claim;
  return hashed(*rules->claim_key, claim);
}

Claim PersonalData::read_as(const ModuleName& module, const Claim& claim) const {
  return is_hashed(claim) ? claim : kept(module, claim);
}

std::string PersonalData::subject_in_clear(const ModuleName& module, const StreamId& stream,
                                           const StoredEvent& event) const {
  const Rules* rules = rules_of(module);
  if (rules == nullptr || !event.sealed.empty()) return {};
  const auto fields = rules->events.find(event.type);
  if (fields == rules->events.end()) return {};
  const auto message = fresh(*fields->second.type());
  if (!message->ParseFromString(event.payload)) return {};
  std::string subject = fields->second.subject_of(*message, stream);
  return fields->second.take_from(*message).empty() ? std::string() : subject;
}

Result<bool> PersonalData::is_erased(const StreamId& stream) const {
  return keys_.has_erased() ? keys_.is_erased(to_string(stream)) : Result<bool>(false);
}

}  // namespace mt
