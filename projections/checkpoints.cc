#include "projections/checkpoints.h"

namespace mt {

Result<void> Checkpoints::open(KvEnv& env) {
  MT_TRY(store_, env.open("mt.checkpoints"));
  return {};
}

std::optional<Checkpoints::Checkpoint> Checkpoints::get(const KvReader& kv,
                                                        const std::string& key) const {
  const auto bytes = kv.get(store_, key);
  Checkpoint checkpoint;
  // One that cannot be read is none: the table is built anew.
  if (!bytes || !checkpoint.ParseFromArray(bytes->data(), static_cast<int>(bytes->size()))) {
    return std::nullopt;
  }
  return checkpoint;
}

void Checkpoints::put(KvWriter& kv, const std::string& key, Position position,
                      const std::string& failure) const {
  Checkpoint checkpoint;
  checkpoint.set_position(position.value);
  checkpoint.set_failure(failure);
  kv.put(store_, key, checkpoint.SerializeAsString());
}

}  // namespace mt
