// The names of the logs in an events environment, each with its checksum, in a database of their
// own: LMDB has no checksum of a database's name, and under another one a log would seem empty.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "events/base/ids.h"
#include "events/lmdb/env.h"

namespace mt {

using LogNames = std::set<ModuleName>;

std::string database_of(const ModuleName& module);
bool is_log(std::string_view database);

// What an environment says of its logs, at one instant.
struct LogsFound {
  std::optional<LogNames> written;  // none in an environment of an earlier version
  LogNames databases;
};
// DATA_LOSS: a name's checksum does not hold, or a database is no log.
Result<LogsFound> find_logs(LmdbEnv& env);

// Writes names down, and makes the databases that are missing, all or nothing.
Result<void> write_log_names(LmdbEnv& env, const LogNames& names);

// Logs that cannot be what they seem, with the reason: they are written down and have no database,
// or the other way round.
std::map<ModuleName, std::string> strange_logs(const LogsFound& found);

}  // namespace mt
