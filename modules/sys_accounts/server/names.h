// The forms in which e-mails and names are compared; what people wrote is kept and shown as it is.
// Claims in the log were made of these forms: changing them needs a new claim scope. Pure.
#pragma once

#include <string>
#include <string_view>

#include "events/base/result.h"

namespace mt::sys_accounts {

// Longest e-mail in bytes (RFC 5321), so that keys made of it stay within the tables' key size.
inline constexpr std::size_t kMaxEmailBytes = 254;

// Without white space at its ends, ASCII letters in lower case. Mail servers may tell "Ann@" from
// "ann@", but no person does, and two accounts that differ only so would be a trap.
std::string normalize_email(std::string_view email);

// Without white space at its ends, inner white space as one blank each, ASCII letters in lower
// case.
std::string fold_name(std::string_view name);

// INVALID_ARGUMENT naming `field` when the name is blank or holds control characters.
Result<void> check_name(const char* field, std::string_view name);

}  // namespace mt::sys_accounts
