#include "projections/table_hash.h"

#include <string>

#include "events/byte_order.h"
#include "events/crypto/blake2b.h"

namespace mt {

Hash table_hash(const KvReader& kv, const std::vector<StoreId>& stores) {
  Blake2b256 hash;
  std::string buffer;
  for (const StoreId store : stores) {
    hash.add(u64_bytes(kv.size(store)));
    kv.scan(store, {}, {}, Order::kForward, [&](std::string_view key, std::string_view value) {
      append_u64(buffer, key.size());
      buffer.append(key);
      append_u64(buffer, value.size());
      buffer.append(value);
      // In larger pieces: the hash is called once for many rows.
      if (buffer.size() >= 64 << 10) {
        hash.add(buffer);
        buffer.clear();
      }
      return Scan::kGoOn;
    });
    hash.add(buffer);
    buffer.clear();
  }
  return hash.finish();
}

}  // namespace mt
