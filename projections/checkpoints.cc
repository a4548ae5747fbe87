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

std::optional<Checkpoints::LiveVersion> Checkpoints::live_version(const KvReader& kv,
                                                                  const std::string& table) const {
  const auto bytes = kv.get(store_, table);
  LiveVersion live;
  if (!bytes || !live.ParseFromArray(bytes->data(), static_cast<int>(bytes->size()))) {
    return std::nullopt;
  }
  return live;
}

void Checkpoints::put_live_version(KvWriter& kv, const std::string& table, std::uint32_t version,
                                   std::uint32_t previous) const {
  LiveVersion live;
  live.set_version(version);
  live.set_previous(previous);
  kv.put(store_, table, live.SerializeAsString());
}

}  // namespace mt
