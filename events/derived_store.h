// The derived state on a key-value environment: stores <module>.streams, .results, .claims, .tags,
// .kinds and .snapshots, and the module's checkpoint. The tables thread applies records; writer and
// hosts read.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "events/derived.h"
#include "events/event_log.h"
#include "events/kv.h"
#include "events/upcasters.h"

namespace mt {

class DerivedStore final : public Derived {
 public:
  explicit DerivedStore(KvEnv& env) : env_(env) {}

  // Opens the module's stores. Before the first use, in one thread.
  Result<void> open(const ModuleName& module, std::chrono::nanoseconds remembered = kRemembered);

  std::unique_ptr<DerivedView> view() const override;

  // Applies one record, in log order, and moves the module's checkpoint to its last position.
  // Applying a record again changes nothing. `newest` is the time of a later record, if one is
  // known: a command that is forgotten by then is not remembered in the first place.
  void apply(KvWriter& kv, const ModuleName& module, const CommitRecord& record,
             Time newest = {}) const;

  // Whether the module's stores are as this code writes them. Those of an earlier one are folded
  // again before they are used; see projections/derived_builder.h.
  bool is_current(const KvReader& kv, const ModuleName& module) const;
  void set_current(KvWriter& kv, const ModuleName& module) const;

  // What was applied since the last commit is taken back, and will be applied again.
  void begin_again(const ModuleName& module) const;

  // The kinds of events that the applied part of the log holds, each with its first position.
  std::map<EventKind, Position> kinds(const KvReader& kv, const ModuleName& module) const;

  // Keyed commands of positions before this one are forgotten already; 1 at first.
  Position remembered_from(const KvReader& kv, const ModuleName& module) const;
  void set_remembered_from(KvWriter& kv, const ModuleName& module, Position position) const;
  // Drops the record's command when is_forgotten(); not a later one of the same id.
  void forget(KvWriter& kv, const ModuleName& module, const CommitRecord& record,
              Time newest) const;

  // Whether all events of the stream up to `version` are applied. A snapshot is kept only then: one
  // that is ahead would be taken for the truth by a log that was restored from before its events.
  bool holds(const KvReader& kv, const ModuleName& module, const StreamId& stream,
             Version version) const;
  // Keeps the newest snapshot of a stream.
  void put_snapshot(KvWriter& kv, const ModuleName& module, const StreamId& stream,
                    const StoredSnapshot& snapshot) const;

  // Forgets the stream's snapshot, or that it holds the claim.
  void drop_snapshot(KvWriter& kv, const ModuleName& module, const StreamId& stream) const;
  void free_claim(KvWriter& kv, const ModuleName& module, const StreamId& holder,
                  const Claim& claim) const;

  // Forgets all of the module, so that it can be folded again from position 1.
  void clear(KvWriter& kv, const ModuleName& module) const;

 private:
  struct Stores {
    StoreId streams, results, claims, tags, kinds, snapshots, state;
    std::chrono::nanoseconds remembered;
    // Those that are stored for certain; the tables thread's own, which says so when a transaction
    // is taken back: begin_again.
    mutable std::vector<EventKind> known_kinds;
  };
  const Stores& stores(const ModuleName& module) const;
  void note_kind(KvWriter& kv, const Stores& into, const StoredEvent& event,
                 Position position) const;
  static void note_tags(KvWriter& kv, const Stores& into, const StoredEvent& event,
                        Position position);
  // 0: the stream has no events; none: its newest key is damaged.
  std::optional<Version> last_version(const KvReader& kv, const ModuleName& module,
                                      const StreamId& stream) const;

  KvEnv& env_;
  std::map<ModuleName, Stores> stores_;
  friend class KvDerivedView;
};

}  // namespace mt
