// MemoryKeySlots: KeySlots in memory, for tests.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "events/key_slots.h"

namespace mt {

class MemoryKeySlots final : public KeySlots {
 public:
  Result<std::uint64_t> append(const std::vector<std::string>& wrapped) override {
    const std::lock_guard lock(mutex_);
    slots_.insert(slots_.end(), wrapped.begin(), wrapped.end());
    return slots_.size() - wrapped.size();
  }
  Result<std::string> read(std::uint64_t slot) const override {
    const std::lock_guard lock(mutex_);
    if (slot < slots_.size()) return slots_[slot];
    return data_loss("there is no slot " + std::to_string(slot));
  }
  Result<void> wipe(std::uint64_t slot) override {
    const std::lock_guard lock(mutex_);
    slots_.at(slot).assign(kSlotBytes, '\0');
    return {};
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> slots_;
};

}  // namespace mt
