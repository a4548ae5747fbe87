// StreamFolds: the states of a module's entities, folded from a log that passes by. When there are
// too many streams to be held at once, one takes a share of them, by hash, and the log passes by
// once for each share. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/entity.h"

namespace mt {

class StreamFolds {
 public:
  // The streams for which `hash % shares` is `share`. `types` outlive it.
  StreamFolds(const std::vector<const EntityType*>& types, std::uint64_t shares,
              std::uint64_t share)
      : types_(types), shares_(shares), share_(share) {}

  // Lets the stream's state follow the event, which is upcast already; nothing for a stream that is
  // of another share or of no entity. What `evolve` throws is an error.
  Result<void> evolve(const StreamId& stream, std::uint64_t hash, const StoredEvent& newest);

 private:
  const EntityType* type_of(const std::string& category) const;

  const std::vector<const EntityType*>& types_;
  const std::uint64_t shares_;
  const std::uint64_t share_;
  std::unordered_map<StreamId, std::unique_ptr<EntityState>> states_;
};

}  // namespace mt
