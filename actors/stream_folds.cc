#include "actors/stream_folds.h"

#include <algorithm>
#include <exception>

namespace mt {

Result<void> StreamFolds::evolve(const StreamId& stream, std::uint64_t hash,
                                 const StoredEvent& newest) {
  if (hash % shares_ != share_) return {};
  auto found = states_.find(stream);
  if (found == states_.end()) {
    const EntityType* type = type_of(stream.category);
    if (type == nullptr) return {};
    found = states_.emplace(stream, type->fresh()).first;
  }
  try {
    return found->second->evolve(newest);
  } catch (const std::exception& thrown) {
    return internal(std::string("evolve threw: ") + thrown.what());
  } catch (...) {
    return internal("evolve threw an exception of unknown type");
  }
}

const EntityType* StreamFolds::type_of(const std::string& category) const {
  const auto found =
      std::ranges::find(types_, category, [](const EntityType* type) { return type->category; });
  return found == types_.end() ? nullptr : *found;
}

}  // namespace mt
