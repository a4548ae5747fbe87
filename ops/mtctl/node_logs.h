// The logs of a node, copied through its API.
#pragma once

#include "ops/backup/log_store.h"
#include "ops/mtctl/session.h"

namespace mt::mtctl {

// As long as the session.
LogStore logs_of_node(Session& session);

}  // namespace mt::mtctl
