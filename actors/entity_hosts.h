// EntityHosts: every entity that has work or had some lately lives in an actor of its own, its
// host. The directory finds or makes the host of a stream, keeps the number in memory bounded, and
// lets idle ones go. A host loads its stream (snapshot and tail), decides one command at a time,
// appends, and answers when its module's tables hold the commit.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "actors/entity.h"
#include "bus/call.h"
#include "events/base/clock.h"
#include "events/derived.h"
#include "events/event_log.h"
#include "events/personal_data.h"
#include "events/upcasters.h"
#include "events/writer.h"
#include "projections/live_tables.h"

namespace mt {

class ActorRuntime;

// One command on its way to its entity.
struct EntityCommand {
  ModuleName module;
  const EntityType* type = nullptr;
  std::string id;                          // of the entity
  bool must_exist = false;                 // NOT_FOUND when its stream is empty
  std::shared_ptr<const Message> command;  // the oneof message of the entity's commands
  std::shared_ptr<const CallContext> call;
  Respond respond;
};

struct HostLimits {
  std::size_t in_memory = 20'000;  // entities; the least lately used idle one goes first
  std::chrono::seconds idle{60};   // an entity without work leaves memory after this
  std::uint32_t attempts = 3;      // decides again after a conflict, at most so often in all
  // The same for a decision that has read tagged events: many may want the last seat at once, and
  // each time one of them gets on.
  std::uint32_t attempts_by_tags = 100;
  // When an entity's state is kept: after so many events, or with an event once the first that is
  // in no snapshot is so old. 0: not for that reason.
  std::uint32_t snapshot_every = 100;
  std::chrono::seconds snapshot_after{0};
};

// What hosts work with. All outlive the hosts.
struct HostPorts {
  EventLog& log;
  const Derived& derived;
  LogWriter& writer;
  LiveTables& tables;
  const Clock& clock;
  const PersonalData* personal = nullptr;  // null: nothing is personal
};

class EntityHosts {
 public:
  // `upcasters` gives those of a module; null: it has none.
  using UpcastersOf = std::function<const Upcasters*(const ModuleName&)>;

  EntityHosts(ActorRuntime& runtime, HostPorts ports, HostLimits limits, UpcastersOf upcasters);
  ~EntityHosts();  // stop()

  // From any thread. The answer comes once: the entity's refusal, ABORTED after too many conflicts,
  // DEADLINE_EXCEEDED when it was too late to decide, UNAVAILABLE while the module's supervisor has
  // it stopped, INTERNAL when the entity's code failed, or the reply.
  void deliver(EntityCommand command);

  // What the entity's state in memory holds is let go; returns after nothing is decided on it any
  // more. Blocks while a command is on its way to the log.
  void renew(const ModuleName& module, const StreamId& stream);

  std::size_t in_memory() const;

  // Answers no more commands (UNAVAILABLE) and waits until none is in flight.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mt
