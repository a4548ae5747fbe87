// KeySlots: where wrapped keys lie, each in a slot of its own that can be wiped. Not a KvEnv: LMDB
// never changes a page in place, so that what was deleted stays in its file for nobody knows how
// long. Implementations: KeyFile, MemoryKeySlots (events/memory). One thread appends or wipes at a
// time; any may read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "events/base/result.h"

namespace mt {

class KeySlots {
 public:
  static constexpr std::size_t kSlotBytes = 72;

  virtual ~KeySlots() = default;

  // Puts each into a new slot, in a row, and returns the first one's number after they are flushed.
  virtual Result<std::uint64_t> append(const std::vector<std::string>& wrapped) = 0;
  // What lies there; DATA_LOSS when there is no such slot.
  virtual Result<std::string> read(std::uint64_t slot) const = 0;
  // Overwrites it, and returns after that is flushed. Wiping again changes nothing.
  virtual Result<void> wipe(std::uint64_t slot) = 0;
};

}  // namespace mt
