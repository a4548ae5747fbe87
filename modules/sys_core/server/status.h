// StatusService: the node, its modules and tables as they are now.
#pragma once

#include "actors/api.h"
#include "sys/core/v1/core.pb.h"

namespace mt::sys_core {

namespace v1 = ::sys::core::v1;

Result<void> bind_status(Api& api, const Deps& deps);

v1::TableStatus to_proto(const TableState& state, Position log_head);

// An access rule as a person reads it: "anyone", "admin in org_id".
std::string describe_access(const api::v1::Access& access);

}  // namespace mt::sys_core
