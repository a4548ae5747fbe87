#include "ops/runtime/master_key_file.h"

#include <utility>

#include "events/crypto/random_bytes.h"
#include "ops/data/folder_file.h"
#include "ops/runtime/secret_file.h"

namespace mt {

Result<std::optional<std::string>> MasterKeyFile::find() {
  MT_TRY(std::optional<std::string> found, read_small_file(file_));
  if (!found) return found;
  MT_TRY(found, check_secret(file_, *std::move(found)));
  return found;
}

Result<std::string> MasterKeyFile::make() {
  std::string key = random_bytes(kSecretBytes);
  MT_CHECK_OK(make_small_file(file_, key));
  return key;
}

}  // namespace mt
