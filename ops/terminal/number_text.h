// Numbers as people read them. Pure.
#pragma once

#include <cstdint>
#include <string>

namespace mt {

// 1234567 -> "1,234,567"
std::string grouped(std::uint64_t number);

// "812 bytes", "43.1 KiB", "13.4 MiB", "2.05 GiB".
std::string bytes_text(std::uint64_t bytes);

// Seconds to two places that matter: "0.42 s", "12.3 s", "3 min 05 s", "2 h 10 min", "4 d 3 h".
std::string duration_text(double seconds);

// Of what should be short, whatever it is: "0.3 ms", "1204.0 ms".
std::string milliseconds_text(double milliseconds);

// 0 to 1 as whole per cent; 100 only when nothing is left.
int percent(std::uint64_t done, std::uint64_t total);

}  // namespace mt
