#include "ops/runtime/secrets_folder.h"

#include <algorithm>
#include <optional>

#include "events/base/check.h"
#include "events/crypto/random_bytes.h"
#include "ops/data/folder_file.h"

namespace mt {
namespace {

constexpr std::size_t kSize = 32;

bool is_name(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Result<std::string> check_secret(const std::filesystem::path& file, std::string content) {
  using std::filesystem::perms;
  if (content.size() != kSize)
    return unavailable("secret " + file.string() + " has " + std::to_string(content.size()) +
                       " bytes, not 32; restore it from a backup");
  std::error_code failure;
  const perms mode = std::filesystem::status(file, failure).permissions();
  if (failure || (mode & (perms::group_all | perms::others_all)) != perms::none)
    return unavailable("secret " + file.string() +
                       " may be opened by others than its owner; give it mode 0600");
  return content;
}

}  // namespace

Result<std::string> SecretsFolder::get(const ModuleName& module, const std::string& name) {
  check(is_name(module.value) && is_name(name), "a secret's name is [a-z0-9_]+");
  const std::filesystem::path file = folder_ / (module.value + "." + name);
  const std::lock_guard lock(mutex_);
  MT_TRY(std::optional<std::string> found, read_small_file(file));
  if (!found) {
    found = random_bytes(kSize);
    MT_CHECK_OK(make_small_file(file, *found));
  }
  return check_secret(file, *std::move(found));
}

}  // namespace mt
