#include "events/memory/memory_kv.h"

#include <utility>

namespace mt {

Result<StoreId> MemoryKv::open(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return names_.try_emplace(name, StoreId{static_cast<std::uint32_t>(names_.size())}).first->second;
}

Result<std::vector<std::string>> MemoryKv::names() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, store] : names_) names.push_back(name);
  return names;
}

std::shared_ptr<const MemoryStores> MemoryKv::committed() const {
  const std::lock_guard lock(mutex_);
  return committed_;
}

std::unique_ptr<KvReader> MemoryKv::read() const {
  return std::make_unique<MemoryStores>(*committed());
}

Result<void> MemoryKv::write(const std::function<Result<void>(KvWriter&)>& change) {
  const std::lock_guard one(writing_);
  auto changed = std::make_shared<MemoryStores>(*committed());
  MT_CHECK_OK(change(*changed));
  MT_CHECK_OK(changed->status());
  const std::lock_guard lock(mutex_);
  committed_ = std::move(changed);
  return {};
}

}  // namespace mt
