#include "actors/host_directory.h"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <utility>

#include "events/base/check.h"

namespace mt {

void HostDirectory::deliver(EntityCommand command) {
  HostKey key{command.module, {command.type->category, command.id}};
  // Outlives the lock: a command that cannot be sent answers by its end.
  PendingPtr pending;
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      const auto [at, is_new] = entries_.try_emplace(std::move(key));
      Entry& entry = at->second;
      entry.key = &at->first;
      if (!is_new && entry.in_flight == 0) idle_.erase(entry.idle);
      ++entry.in_flight;
      ++in_flight_;
      if (entries_.size() > limits_.in_memory && !idle_.empty()) remove_idle(*idle_.front());
      pending =
          std::make_shared<PendingCommand>(std::move(command), [this, &entry] { answered(entry); });
      send(entry, pending);
      return;
    }
  }
  command.respond(unavailable("the node is stopping; try again"));
}

void HostDirectory::send_on(PendingPtr command) {
  const EntityCommand& content = **command;
  const HostKey key{content.module, {content.type->category, content.id}};
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(key);
  check(at != entries_.end(), "an entity with commands in flight stays in the directory");
  send(at->second, command);
}

// Under the lock, so that a host which is detached has before it all that was sent to it.
void HostDirectory::send(Entry& entry, const PendingPtr& command) {
  if (!entry.host) {
    entry.host = spawn_(**command, entry.committed);
    ++alive_;
  }
  caf::anon_send(entry.host, command);
}

void HostDirectory::answered(Entry& entry) {
  const std::lock_guard lock(mutex_);
  --in_flight_;
  if (--entry.in_flight == 0) {
    entry.idle = idle_.insert(idle_.end(), &entry);
    entry.idle_since = std::chrono::steady_clock::now();
    // What an entity without a host has written is in the tables by now.
    if (!entry.host) {
      remove_idle(entry);
    } else if (entries_.size() > limits_.in_memory || limits_.idle.count() == 0) {
      remove_idle(*idle_.front());
    }
  }
  if (in_flight_ == 0) changed_.notify_all();
}

void HostDirectory::remove_idle(Entry& entry) {
  if (entry.host) caf::anon_send(entry.host, leave_atom::value);
  idle_.erase(entry.idle);
  entries_.erase(entries_.find(*entry.key));
  changed_.notify_all();
}

void HostDirectory::detach(const HostKey& key, caf::actor_id host, Position committed) {
  const std::lock_guard lock(mutex_);
  let_go(key, host, committed);
}

void HostDirectory::ended(const HostKey& key, caf::actor_id host, Position committed) {
  const std::lock_guard lock(mutex_);
  let_go(key, host, committed);
  --alive_;
  if (alive_ == 0) changed_.notify_all();
}

void HostDirectory::let_go(const HostKey& key, caf::actor_id host, Position committed) {
  const auto at = entries_.find(key);
  if (at == entries_.end() || !at->second.host || at->second.host.id() != host) return;
  Entry& entry = at->second;
  entry.host = nullptr;
  entry.committed = committed;
  changed_.notify_all();
  if (entry.in_flight == 0) remove_idle(entry);
}

void HostDirectory::renew(const HostKey& key) {
  std::unique_lock lock(mutex_);
  const auto host_now = [&]() -> HostActor {
    const auto at = entries_.find(key);
    return at == entries_.end() ? HostActor() : at->second.host;
  };
  const HostActor host = host_now();
  if (!host) return;
  caf::anon_send_exit(host, caf::exit_reason::user_shutdown);
  changed_.wait(lock, [&] { return host_now() != host; });
}

void HostDirectory::sweep(Instant now) {
  const std::lock_guard lock(mutex_);
  while (!idle_.empty() && now - idle_.front()->idle_since >= limits_.idle) {
    remove_idle(*idle_.front());
  }
}

std::size_t HostDirectory::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void HostDirectory::stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  changed_.wait(lock, [this] { return in_flight_ == 0; });
  while (!idle_.empty()) remove_idle(*idle_.front());
  changed_.wait(lock, [this] { return alive_ == 0; });
}

}  // namespace mt
