#include "ops/data/stored_log.h"

#include <utility>

#include "events/lmdb/lmdb_log.h"
#include "ops/data/data_format.h"

namespace mt {

Result<std::unique_ptr<const EventLog>> open_stored_log(const std::filesystem::path& data_folder) {
  MT_TRY(const bool known, has_data_format(data_folder));
  if (!known) {
    return not_found(data_folder.string() +
                     " is no data folder: it has no file 'format'; name one with --data DIR");
  }
  MT_TRY(std::unique_ptr<const EventLog> log, LmdbLog::open_to_read(data_folder / "events"));
  return log;
}

}  // namespace mt
