// EntityHost: one entity at work. Takes commands, decides one at a time, appends, and answers when
// the tables hold what the answer rests on. Knows no actors: the actor around it (host_actor.cc)
// calls it on one thread at a time and brings news from writer and tables back to that thread.
#pragma once

#include <functional>
#include <list>
#include <optional>
#include <string>

#include "actors/entity_hosts.h"
#include "actors/entity_loader.h"
#include "actors/pending_command.h"
#include "actors/recent_results.h"

namespace mt {

// The way back to a host from the threads of others.
class HostReturn {
 public:
  virtual ~HostReturn() = default;
  // Leads to EntityHost::appended.
  virtual AppendDone appended() = 0;
  // Leads to EntityHost::tables_reached.
  virtual std::function<void(bool)> tables_reached() = 0;
  // Whether the module's actors may work now.
  virtual bool in_service() const = 0;
  // A stored snapshot is not used.
  virtual void set_aside(const UnusedSnapshot& unused) = 0;
};

class EntityHost {
 public:
  // `committed`: a position of the module's log that the tables must hold before the entity is
  // loaded; earlier hosts of the entity have written up to there.
  EntityHost(EntityIdentity entity, HostPorts ports, const HostLimits& limits, HostReturn& back,
             Position committed);

  void take(PendingPtr command);
  void appended(Result<Appended> outcome);
  void tables_reached(bool reached);

  // Why the entity's code failed; empty while it works. A failed host decides nothing more.
  const std::string& failure() const { return failure_; }
  // Waits for writer or tables.
  bool is_busy() const { return current_ != nullptr; }
  Position committed() const { return committed_; }
  // The commands that it has not begun.
  std::list<PendingPtr> take_waiting();

 private:
  void work();
  void attempt();
  Result<void> may_decide() const;
  Result<std::optional<Appended>> known_command(const DerivedView& view);
  Result<void> load(const DerivedView& view);
  void decide();
  void append(Decided decided, const std::optional<AppendCondition>& condition);
  Result<PersonalData::Leases> seal(Commit& commit);
  void hand_over(Commit commit, PersonalData::Leases leases);
  void accepted(const Appended& appended);
  void conflict(Error error);
  void wait_for_tables();
  void fail(const std::string& reason);
  bool is_snapshot_due() const;
  void keep_snapshot();
  void answer_again(Appended first);
  // Ends the current command.
  void answer(Result<Reply> reply, Position rests_on);

  const EntityIdentity entity_;
  const HostPorts ports_;
  const HostLimits& limits_;
  HostReturn& back_;

  std::list<PendingPtr> waiting_;
  PendingPtr current_;  // being decided or appended
  std::string failure_;

  LoadedEntity loaded_;  // no state: to be loaded before the next decision
  Position committed_;   // what the entity's next load, and its answers, must not be behind
  RecentResults recent_;

  // Between the decision and the writer's answer.
  std::shared_ptr<const Message> reply_;
  CommandRef appending_;
  std::uint32_t most_attempts_ = 0;  // how often it may be decided in all
};

}  // namespace mt
