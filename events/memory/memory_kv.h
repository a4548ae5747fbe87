// MemoryKv: a KvEnv in memory, for folding a log and for tests. A write that fails is undone; reads
// see only what was committed. One writer at a time; a read holds the environment still, so keep it
// short.
#pragma once

#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "events/kv.h"

namespace mt {

class MemoryKv final : public KvEnv {
 public:
  using Entries = std::map<std::string, std::string, std::less<>>;
  using Stores = std::unordered_map<std::uint32_t, Entries>;

  Result<StoreId> open(const std::string& name) override;
  std::unique_ptr<KvReader> read() const override;
  Result<void> write(const std::function<Result<void>(KvWriter&)>& change) override;

  // For a fold by one thread: a writer that changes at once and keeps nothing to undo. It takes any
  // StoreId, opened here or in another environment, so that a table can be folded aside.
  std::unique_ptr<KvWriter> unguarded_writer();
  const Entries& entries(StoreId store) { return stores_[store.value]; }

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, StoreId> names_;
  mutable Stores stores_;
};

}  // namespace mt
