#include "modules/sys_accounts/server/names.h"

#include <algorithm>

namespace mt::sys_accounts {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_control(char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string fold_name(std::string_view name) {
  std::string folded;
  bool gap = false;
  for (const char c : name) {
    if (is_space(c)) {
      gap = !folded.empty();
      continue;
    }
    if (gap) folded += ' ';
    gap = false;
    folded += lower(c);
  }
  return folded;
}

std::string normalize_email(std::string_view email) {
  while (!email.empty() && is_space(email.front())) email.remove_prefix(1);
  while (!email.empty() && is_space(email.back())) email.remove_suffix(1);
  std::string normalized(email);
  std::transform(normalized.begin(), normalized.end(), normalized.begin(), lower);
  return normalized;
}

Result<void> check_name(const char* field, std::string_view name) {
  if (fold_name(name).empty()) return invalid_field(field, "is blank; give at least one letter");
  if (std::any_of(name.begin(), name.end(), is_control)) {
    return invalid_field(field, "holds control characters; write it on one line");
  }
  return {};
}

}  // namespace mt::sys_accounts
