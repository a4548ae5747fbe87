// What the log implies and the writer and the entity hosts must look up fast: the stream index,
// command results, claims, tags, snapshots. Kept in the tables environment, built by the tables
// thread in the same transaction as the tables; never a truth of its own.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/clock.h"
#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/event_log.h"
#include "events/record.h"
#include "events/tag_search.h"

namespace mt {

// How long a keyed command is remembered when its module says nothing else: whoever sends it again
// within this time is answered as the first time, after it the same id is a new command.
inline constexpr int kRememberedHours = 24;
inline constexpr std::chrono::nanoseconds kRemembered = std::chrono::hours(kRememberedHours);

// Whether a keyed command of `then` is forgotten at `now`. Those of bootstrap sets never are: a set
// may be applied again in years, and there are no more of them than the sets hold.
bool is_forgotten(const CommandId& command, Time then, Time now,
                  std::chrono::nanoseconds remembered);

// A claim that is taken: by whom, and by the commit that begins at `since`.
struct HeldClaim {
  Claim claim;
  StreamId holder;
  Position since;

  bool operator==(const HeldClaim&) const = default;
};
// `key` is where a later visit goes on after.
using ClaimVisitor = std::function<Scan(std::string_view key, const HeldClaim&)>;

struct StoredSnapshot {
  Version version;           // of the stream, up to and with the state's last event
  std::string code_version;  // of the entity's code; another one folds again
  std::string state;
  std::string schema = {};  // of the state's message; another one folds again
  Time time = {};           // when it was taken
  bool is_readable = true;  // false: what is stored is no snapshot, and nothing else is known of it
};

// `key` is where a later visit goes on after; no stream when its name is too long for a key.
using SnapshotVisitor = std::function<Scan(std::string_view key, const std::optional<StreamId>&,
                                           const StoredSnapshot&)>;

// One consistent view, for a short time (a read transaction): use it and let it go.
class DerivedView {
 public:
  virtual ~DerivedView() = default;

  // The first fault that a look-up of this view met: what it answered "none" may be there. Whoever
  // decides by an absence asks for this before it acts.
  virtual Result<void> status() const { return {}; }
  // For whoever finds that the view named what is not so; becomes its status().
  virtual void fail(Error) const {}

  // The last position of the module that this view holds; what is newer, it does not know.
  virtual Position applied(const ModuleName& module) const = 0;
  virtual Version stream_version(const ModuleName& module, const StreamId& stream) const = 0;
  // First positions of the stream's records that hold versions after `after`, in order.
  virtual std::vector<Position> stream_records(const ModuleName& module, const StreamId& stream,
                                               Version after) const = 0;
  // First position of the record that the keyed command made. It may be one that is_forgotten() and
  // has not been dropped yet: the record's time tells.
  virtual std::optional<Position> command(const ModuleName& module, const CommandId& id) const = 0;
  // How long the module's keyed commands are remembered.
  virtual std::chrono::nanoseconds remembered(const ModuleName&) const { return kRemembered; }
  // The entity that holds the claim.
  std::optional<StreamId> claim_holder(const ModuleName& module, const Claim& claim) const;
  virtual std::optional<HeldClaim> held_claim(const ModuleName& module,
                                              const Claim& claim) const = 0;
  // Visits what is held of one scope, or of all when it is empty, from behind the key `after` on.
  // Ordered by scope and value, but for those of several hundred bytes, which come last, in no
  // order that says anything.
  virtual void visit_claims(const ModuleName& module, const std::string& scope,
                            std::string_view after, const ClaimVisitor& visit) const = 0;
  // The first event after the position that carries the tag; what TagSearch goes by.
  virtual std::optional<TaggedEvent> next_tagged(const ModuleName& module, const std::string& tag,
                                                 Position after) const = 0;
  virtual std::optional<StoredSnapshot> snapshot(const ModuleName& module,
                                                 const StreamId& stream) const = 0;
  // Visits the module's snapshots from behind the key `after` on, ordered by stream.
  virtual void visit_snapshots(const ModuleName& module, std::string_view after,
                               const SnapshotVisitor& visit) const = 0;
};

// What was read of a module's derived state cannot be what was written.
Error derived_damage(const ModuleName& module, const std::string& what);

// DATA_LOSS when the derived state holds more than the log: the log has lost its end.
Result<void> check_not_beyond(const ModuleName& module, Position applied, Position head);

class Derived {
 public:
  virtual ~Derived() = default;
  virtual std::unique_ptr<DerivedView> view() const = 0;
};

}  // namespace mt
