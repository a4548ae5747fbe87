// HostDirectory: which host works for which entity. It sends commands to hosts, makes the host that
// is missing, keeps the number in memory bounded, and lets those go that have been idle. Any
// thread. For actors/*.cc only: this header shows CAF.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "actors/host_actor.h"
#include "actors/pending_command.h"

namespace mt {

struct HostKey {
  ModuleName module;
  StreamId stream;

  bool operator==(const HostKey&) const = default;
};

struct HostKeyHash {
  std::size_t operator()(const HostKey& key) const noexcept {
    return std::hash<ModuleName>{}(key.module) * 31 + std::hash<StreamId>{}(key.stream);
  }
};

class HostDirectory {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  // Makes the host of an entity whose earlier hosts have written up to `committed`.
  using Spawn = std::function<HostActor(const EntityCommand& first, Position committed)>;

  HostDirectory(HostLimits limits, Spawn spawn) : limits_(limits), spawn_(std::move(spawn)) {}

  void deliver(EntityCommand command);
  // A command that its host did not begin: to the entity's next host.
  void send_on(PendingPtr command);

  // From a host: it takes nothing more.
  void detach(const HostKey& key, caf::actor_id host, Position committed);
  // From a host, as the last thing that it does.
  void ended(const HostKey& key, caf::actor_id host, Position committed);

  // Ends the host that the entity has now, as soon as the command at hand is answered; returns
  // after it takes nothing more. The next command is for a host that loads the entity anew.
  void renew(const HostKey& key);

  // Lets go those that have been idle for long enough.
  void sweep(Instant now);

  std::size_t size() const;
  // Refuses new commands, waits for the answers of those in flight and for the end of all hosts.
  void stop();

 private:
  struct Entry {
    const HostKey* key = nullptr;
    HostActor host;               // none: the next command makes one
    Position committed;           // of earlier hosts
    std::uint32_t in_flight = 0;  // commands that are not answered; the entry stays while there are
    std::list<Entry*>::iterator idle;  // while nothing is in flight
    Instant idle_since;
  };

  void send(Entry& entry, const PendingPtr& command);
  void answered(Entry& entry);
  void let_go(const HostKey& key, caf::actor_id host, Position committed);
  void remove_idle(Entry& entry);

  const HostLimits limits_;
  const Spawn spawn_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_map<HostKey, Entry, HostKeyHash> entries_;
  std::list<Entry*> idle_;  // least lately used first
  std::size_t in_flight_ = 0;
  std::size_t alive_ = 0;  // hosts that have not ended
  bool stopping_ = false;
};

}  // namespace mt
