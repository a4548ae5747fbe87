// Random bytes of the kernel, for keys and tokens; and a comparison that tells nothing by its time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mt {

std::string random_bytes(std::size_t count);

bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace mt
