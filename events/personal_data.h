// PersonalData: what is personal in the events, replies and claims of a node's modules, sealed on
// its way into the logs and opened on its way out. The personal fields of an event are sealed with
// the key of their subject; the values of personal claims are kept as keyed hashes, which can be
// compared and not read. Any thread, once it has learnt.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "events/event_types.h"
#include "events/personal_fields.h"
#include "events/record.h"
#include "events/subject_keys.h"

namespace mt {

class PersonalData {
 public:
  // `keys` outlives it.
  explicit PersonalData(SubjectKeys& keys) : keys_(keys) {}

  // Before any other use, each module once, in one thread. `claims`: the scopes whose values are
  // personal. FAILED_PRECONDITION when an event has personal fields that cannot be sealed.
  Result<void> learn(const ModuleName& module, const EventTypes& types,
                     const std::set<std::string>& claims);

  // While they live, a commit that was sealed may be on its way to the log: an erase waits for
  // that.
  using Leases = std::vector<std::shared_ptr<void>>;
  // Seals a commit that nobody has appended yet. FAILED_PRECONDITION naming the subject when it was
  // erased; INTERNAL when an event does not say whose its personal fields are.
  Result<Leases> seal(const ModuleName& module, Commit& commit) const;
  // Puts the reply into the commit's command, sealed when it holds personal fields.
  Result<Leases> seal_reply(const ModuleName& module, const StreamId& stream,
                            const google::protobuf::Message& reply, CommandRef& command) const;

  // Whether opening would change the record; cheap when it would not.
  bool concerns(const ModuleName& module, const CommitRecord& record) const;
  // What is sealed is where it was; what was erased is left out. DATA_LOSS naming the position when
  // a key is lost, or what is sealed has changed: it is never taken for empty.
  Result<void> open(const ModuleName& module, CommitRecord& record) const;
  // Of a stored reply; one that is not sealed stays as it is.
  Result<void> open_reply(const ModuleName& module, const StreamId& stream,
                          const CommandId& command, std::string& reply_type,
                          std::string& reply) const;

  // The claim as it is kept and looked up.
  Claim kept(const ModuleName& module, const Claim& claim) const;
  // The same of a claim in a record, which is kept so already unless it is an older one.
  Claim read_as(const ModuleName& module, const Claim& claim) const;

  // Whose personal fields an event holds in clear, as older ones do; empty: nobody's.
  std::string subject_in_clear(const ModuleName& module, const StreamId& stream,
                               const StoredEvent& event) const;
  // Whether the entity is a subject that was erased.
  Result<bool> is_erased(const StreamId& stream) const;

  SubjectKeys& keys() const { return keys_; }

 private:
  struct Rules {
    std::map<std::string, PersonalFields> events;  // by the event's name
    std::set<std::string> claims;
    std::optional<SecretKey> claim_key;
  };
  const Rules* rules_of(const ModuleName& module) const;
  Result<const PersonalFields*> of_reply(const google::protobuf::Descriptor& type) const;
  Result<void> seal_event(const ModuleName& module, const StreamId& stream, Version version,
                          const PersonalFields& fields, StoredEvent& event, Leases& leases) const;
  Result<void> open_event(const ModuleName& module, const StreamId& stream, Version version,
                          StoredEvent& event) const;
  Result<void> blank_event(const Rules& rules, const StreamId& stream, StoredEvent& event) const;
  Result<void> open_claims(const ModuleName& module, const Rules& rules, Commit& commit) const;

  SubjectKeys& keys_;
  std::map<ModuleName, Rules> rules_;
  mutable std::mutex mutex_;
  mutable std::map<const google::protobuf::Descriptor*, PersonalFields> replies_;
};

}  // namespace mt
