// One bootstrap set's file: its header and its commands, read strictly.
#pragma once

#include <filesystem>
#include <functional>

#include "actors/node_control.h"

namespace mt {

// INVALID_ARGUMENT naming file and line when the header is malformed or names another set than the
// file's place says.
Result<DataSet> read_data_set_header(const std::filesystem::path& file);

// Visits the commands in order. INVALID_ARGUMENT naming file and line when one is malformed, or
// when there are not as many as the header says.
Result<void> read_data_set(const std::filesystem::path& file,
                           const std::function<Result<void>(DataSetCommand)>& visit);

}  // namespace mt
