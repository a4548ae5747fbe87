// The derived state on a key-value environment: stores <module>.streams, .results, .claims and
// .snapshots, and the module's checkpoint. The tables thread applies records; writer and hosts
// read.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "events/derived.h"
#include "events/kv.h"

namespace mt {

class DerivedStore final : public Derived {
 public:
  explicit DerivedStore(KvEnv& env) : env_(env) {}

  // Opens the module's stores. Before the first use, in one thread.
  Result<void> open(const ModuleName& module);

  std::unique_ptr<DerivedView> view() const override;

  // Applies one record, in log order, and moves the module's checkpoint to its last position.
  // Applying a record again changes nothing.
  void apply(KvWriter& kv, const ModuleName& module, const CommitRecord& record) const;

  // Keeps the newest snapshot of a stream.
  void put_snapshot(KvWriter& kv, const ModuleName& module, const StreamId& stream,
                    const StoredSnapshot& snapshot) const;

  // Forgets all of the module, so that it can be folded again from position 1.
  void clear(KvWriter& kv, const ModuleName& module) const;

 private:
  struct Stores {
    StoreId streams, results, claims, snapshots, state;
  };
  const Stores& stores(const ModuleName& module) const;

  KvEnv& env_;
  std::map<ModuleName, Stores> stores_;
  friend class KvDerivedView;
};

}  // namespace mt
