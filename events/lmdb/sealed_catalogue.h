// The catalogue of the logs' sealed files in an events environment, in a database of its own. It is
// made with the first entry: an older program, which knows no such database, then refuses the
// environment and does not take a log for empty whose head is elsewhere. Its functions run one at a
// time.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "events/lmdb/env.h"
#include "events/segment.h"

namespace mt {

inline constexpr const char* kCatalogue = "mt.sealed";

class SealedCatalogue {
 public:
  explicit SealedCatalogue(LmdbEnv& env) : env_(env) {}

  // A module's, by first position.
  Result<std::vector<Segment>> read(const ModuleName& module);
  // Flushed when it returns.
  Result<void> add(const Segment& segment);

 private:
  // None when there is no such database.
  Result<std::optional<MDB_dbi>> database();

  LmdbEnv& env_;
  std::optional<MDB_dbi> database_;
};

}  // namespace mt
