// Folding brings a name and what is typed to find it to one form: no case, no diacritics, letters
// that do not decompose by their Latin base. Changing it means raising the versions of the tables
// that index by it. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace mt::sys_timespace {

// "Łódź" → "lodz", "Straße" → "strasse", "São  Paulo" → "sao paulo". White space at the beginning
// is dropped, elsewhere a run of it is one space. Empty when nothing of the text can be searched
// for.
std::string fold(std::string_view text);

}  // namespace mt::sys_timespace
