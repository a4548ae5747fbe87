#include "ops/runtime/secret_file.h"

namespace mt {

Result<std::string> check_secret(const std::filesystem::path& file, std::string content) {
  using std::filesystem::perms;
  if (content.size() != kSecretBytes)
    return unavailable("secret " + file.string() + " has " + std::to_string(content.size()) +
                       " bytes, not 32; restore it from a backup");
  std::error_code failure;
  const perms mode = std::filesystem::status(file, failure).permissions();
  if (failure || (mode & (perms::group_all | perms::others_all)) != perms::none)
    return unavailable("secret " + file.string() +
                       " may be opened by others than its owner; give it mode 0600");
  return content;
}

}  // namespace mt
