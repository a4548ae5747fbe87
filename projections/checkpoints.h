// mt.checkpoints: how far each table of each version has come.
#pragma once

#include <optional>
#include <string>

#include "events/kv.h"
#include "mt/projections/v1/page.pb.h"

namespace mt {

class Checkpoints {
 public:
  using Checkpoint = projections::v1::Checkpoint;

  Result<void> open(KvEnv& env);

  static std::string key_of(const std::string& table, std::uint32_t version) {
    return table + "@" + std::to_string(version);
  }
  std::optional<Checkpoint> get(const KvReader& kv, const std::string& key) const;
  void put(KvWriter& kv, const std::string& key, Position position,
           const std::string& failure) const;

 private:
  StoreId store_;
};

}  // namespace mt
