// What the log implies and the writer and the entity hosts must look up fast: the stream index,
// command results, claims, snapshots. Kept in the tables environment, built by the tables thread in
// the same transaction as the tables; never a truth of its own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/record.h"

namespace mt {

struct StoredSnapshot {
  Version version;           // of the stream, up to and with the state's last event
  std::string code_version;  // of the entity's code; another one folds again
  std::string state;
};

// One consistent view, for a short time (a read transaction): use it and let it go.
class DerivedView {
 public:
  virtual ~DerivedView() = default;

  // The first fault that a look-up of this view met: what it answered "none" may be there. Whoever
  // decides by an absence asks for this before it acts.
  virtual Result<void> status() const { return {}; }

  // The last position of the module that this view holds; what is newer, it does not know.
  virtual Position applied(const ModuleName& module) const = 0;
  virtual Version stream_version(const ModuleName& module, const StreamId& stream) const = 0;
  // First positions of the stream's records that hold versions after `after`, in order.
  virtual std::vector<Position> stream_records(const ModuleName& module, const StreamId& stream,
                                               Version after) const = 0;
  // First position of the record that the keyed command made.
  virtual std::optional<Position> command(const ModuleName& module, const CommandId& id) const = 0;
  // The entity that holds the claim.
  virtual std::optional<StreamId> claim_holder(const ModuleName& module,
                                               const Claim& claim) const = 0;
  virtual std::optional<StoredSnapshot> snapshot(const ModuleName& module,
                                                 const StreamId& stream) const = 0;
};

// DATA_LOSS when the derived state holds more than the log: the log has lost its end.
Result<void> check_not_beyond(const ModuleName& module, Position applied, Position head);

class Derived {
 public:
  virtual ~Derived() = default;
  virtual std::unique_ptr<DerivedView> view() const = 0;
};

}  // namespace mt
