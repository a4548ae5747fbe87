// ParkedStore: mt.parked, the parked and dropped events of all tables, each under
// <table>@<version>. Written with the rows that they are missing from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/kv.h"
#include "projections/parked_streams.h"

namespace mt {

struct Dropped {
  std::string reason;
  std::string by;
  Time time;
};

// One event as it is stored.
struct StoredParked {
  StreamId stream;
  ParkedEvent event;
  std::optional<Dropped> drop;
};

class ParkedStore {
 public:
  Result<void> open(KvEnv& env);

  // By position. `key`: Checkpoints::key_of. What cannot be read is DATA_LOSS of the view.
  std::vector<StoredParked> list(const KvReader& kv, const std::string& key) const;
  ParkedStreams load(const KvReader& kv, const std::string& key) const;

  // Stores what is parked in the place of what was; dropped events stay as they are.
  void save(KvWriter& kv, const std::string& key, const ParkedStreams& parked) const;
  void save_dropped(KvWriter& kv, const std::string& key, const StoredParked& dropped) const;

 private:
  StoreId store_;
};

}  // namespace mt
