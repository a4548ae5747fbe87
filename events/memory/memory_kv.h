// MemoryKv: a KvEnv in memory, for tests: as with the real one, a reader keeps seeing what it began
// with and holds nobody up. A transaction copies each store that it changes, so keep stores small.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "events/kv.h"
#include "events/memory/memory_stores.h"

namespace mt {

class MemoryKv final : public KvEnv {
 public:
  Result<StoreId> open(const std::string& name) override;
  Result<std::vector<std::string>> names() const override;
  std::uint64_t bytes(StoreId store) const override { return committed()->entries(store).bytes(); }
  std::unique_ptr<KvReader> read() const override;
  Result<void> write(const std::function<Result<void>(KvWriter&)>& change) override;

 private:
  std::shared_ptr<const MemoryStores> committed() const;

  std::mutex writing_;  // one transaction at a time
  mutable std::mutex mutex_;
  std::map<std::string, StoreId> names_;
  std::shared_ptr<const MemoryStores> committed_ = std::make_shared<MemoryStores>();
};

}  // namespace mt
