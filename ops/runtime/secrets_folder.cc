#include "ops/runtime/secrets_folder.h"

#include <algorithm>
#include <optional>

#include "events/base/check.h"
#include "events/crypto/random_bytes.h"
#include "ops/data/folder_file.h"
#include "ops/runtime/secret_file.h"

namespace mt {
namespace {

bool is_name(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

Result<std::string> SecretsFolder::get(const ModuleName& module, const std::string& name) {
  check(is_name(module.value) && is_name(name), "a secret's name is [a-z0-9_]+");
  const std::filesystem::path file = folder_ / (module.value + "." + name);
  const std::lock_guard lock(mutex_);
  MT_TRY(std::optional<std::string> found, read_small_file(file));
  if (!found) {
    found = random_bytes(kSecretBytes);
    MT_CHECK_OK(make_small_file(file, *found));
  }
  return check_secret(file, *std::move(found));
}

}  // namespace mt
