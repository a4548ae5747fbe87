// The content hash of a table: all its stores in key order, keys and values with their lengths. Two
// tables are equal when their hashes are.
#pragma once

#include <vector>

#include "events/base/ids.h"
#include "events/kv.h"

namespace mt {

Hash table_hash(const KvReader& kv, const std::vector<StoreId>& stores);

}  // namespace mt
