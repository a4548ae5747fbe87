// The commit record: what one command did, atomically. A record is a fact; nothing changes it.
// Positions and hashes are given by the writer, at commit.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/clock.h"
#include "events/base/ids.h"
#include "events/tag_query.h"

namespace mt {

// One event as it is stored: `payload` is the serialized message named `type` in version `schema`.
// In the log its personal fields are apart from the payload, sealed with the key of their subject
// (events/personal_data.h); whoever reads the log by way of a PersonalLog finds them in the
// payload.
struct StoredEvent {
  std::string type;
  std::uint32_t schema = 1;
  std::string payload;
  std::vector<std::string> tags = {};
  std::string subject = {};  // whose personal data it holds; empty: nobody's
  std::string sealed = {};   // empty: they are in the payload, or there are none
  bool erased = false;       // the payload lacks them: the subject was erased

  bool operator==(const StoredEvent&) const = default;
};

// A value that one entity of the module holds alone, e.g. {"email", "a@b.c"}.
struct Claim {
  std::string scope;
  std::string value;

  auto operator<=>(const Claim&) const = default;
};

// Who asked, and in whose chain of causes.
struct Origin {
  std::string actor;         // account id, "operator" or "system"
  std::string impersonator;  // the account that acts as `actor`; usually empty
  std::string correlation;   // one id from the first request to the last effect
  std::string causation;     // what directly caused the command: "module:position", or empty

  bool operator==(const Origin&) const = default;
};

// Command ids that begin so are those of bootstrap sets. Only the operator and the system can give
// one: others' keys become ids that begin otherwise, so that nobody can take the place of a set's
// command before the set is applied.
inline constexpr std::string_view kBootstrapIds = "bs/";

// The command that made the commit. Only a keyed one (its caller chose the id, and may send it
// again) keeps its request's digest and its reply.
struct CommandRef {
  CommandId id;
  bool keyed = false;
  Digest digest{};
  std::string reply_type;  // full message name
  std::string reply;       // serialized

  bool operator==(const CommandRef&) const = default;
};

// What a command wants to write; the writer turns it into a CommitRecord or refuses it.
struct Commit {
  StreamId stream;
  Version expected;  // version of the stream before the commit
  std::vector<StoredEvent> events;
  CommandRef command;
  Origin origin;
  std::vector<Claim> taken = {};
  std::vector<Claim> released = {};
  // Judged by the writer and then gone: what has become a record is a fact.
  std::optional<AppendCondition> condition = {};
};

struct CommitRecord {
  Position first;  // of the first event; the others follow without a gap
  Commit commit;
  Time time;
  Hash hash{};  // of the chain up to and with this record

  Position last() const { return first + (commit.events.size() - 1); }
  Version last_version() const { return commit.expected + commit.events.size(); }
};

}  // namespace mt
