// mt.checkpoints: how far the copy of each table of each version has come that serves.
#pragma once

#include <optional>
#include <string>

#include "events/kv.h"
#include "mt/projections/v1/page.pb.h"

namespace mt {

class Checkpoints {
 public:
  using Checkpoint = projections::v1::Checkpoint;
  using LiveVersion = projections::v1::LiveVersion;

  Result<void> open(KvEnv& env);

  static std::string key_of(const std::string& table, std::uint32_t version) {
    return table + "@" + std::to_string(version);
  }
  // Of one of its two copies, the name of its stores too: the first has the name of the version, so
  // that a program which knows of no second one builds the first anew when it finds none there.
  static std::string copy_key_of(const std::string& table, std::uint32_t version, int slot) {
    return key_of(table, version) + (slot == 0 ? "" : "+");
  }
  std::optional<Checkpoint> get(const KvReader& kv, const std::string& key) const;
  void put(KvWriter& kv, const std::string& key, Position position,
           const std::string& failure) const;
  // Which version of a table serves; none before its first upgrade.
  std::optional<LiveVersion> live_version(const KvReader& kv, const std::string& table) const;
  void put_live_version(KvWriter& kv, const std::string& table, std::uint32_t version,
                        std::uint32_t previous) const;
  void erase(KvWriter& kv, const std::string& key) const { kv.erase(store_, key); }

 private:
  StoreId store_;
};

}  // namespace mt
