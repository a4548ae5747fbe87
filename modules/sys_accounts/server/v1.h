// The module's messages under the name by which all of its files call them.
#pragma once

#include "sys/accounts/v1/accounts.pb.h"
#include "sys/accounts/v1/storage.pb.h"

namespace mt::sys_accounts {

namespace v1 = ::sys::accounts::v1;

}  // namespace mt::sys_accounts
