// The keys of personal data as a backup keeps them: wrapped, as they lie, so that nobody needs the
// master key to copy them.
#pragma once

#include <functional>
#include <string_view>

#include "events/base/result.h"
#include "events/key_slots.h"
#include "events/kv.h"

namespace mt {

// Copies what the environment and its slots hold, in pieces that are a KeyCopy (mt/events/v1) one
// behind the other. Meanwhile another process may make keys and destroy them: the copy has each key
// that was kept when it began, unless that was destroyed, and then says so. DATA_LOSS naming a
// subject whose key is damaged.
Result<void> copy_subject_keys(KvEnv& env, const KeySlots& slots,
                               const std::function<Result<void>(std::string_view piece)>& sink);

// Puts the copy into an environment and slots that hold none. DATA_LOSS when it is no such copy.
Result<void> put_subject_keys(std::string_view copy, KvEnv& env, KeySlots& slots);

}  // namespace mt
