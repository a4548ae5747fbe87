// What CLI11 says of a number that is out of its range, in words.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace mt::mtctl {

// Positions, counts, seconds.
CLI::Validator above_zero();

}  // namespace mt::mtctl
