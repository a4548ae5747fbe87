// The log in a data folder, opened to be read: of a container that is stopped, or beside one that
// runs, which does not notice.
#pragma once

#include <filesystem>
#include <memory>

#include "events/base/result.h"
#include "events/event_log.h"

namespace mt {

// All modules' logs as they are at this moment. NOT_FOUND when the folder is no data folder;
// FAILED_PRECONDITION when it is of another format; DATA_LOSS naming the page when
// the environment itself is damaged; what is damaged in one log is met when that one is read.
Result<std::unique_ptr<const EventLog>> open_stored_log(const std::filesystem::path& data_folder);

}  // namespace mt
