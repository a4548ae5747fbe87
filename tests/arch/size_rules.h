#pragma once

#include "tests/arch/source_tree.h"

namespace mt::arch {

inline constexpr int kLongestFile = 500;
inline constexpr int kThinkAt = 250;
inline constexpr int kLongestFunction = 70;
inline constexpr int kWidestLine = 100;

Findings long_files(const SourceTree& tree, int longest = kLongestFile);
Findings long_functions(const SourceTree& tree);

// A line too wide for the format: the file was not laid out by clang-format.
Findings wide_lines(const SourceTree& tree);

// What the style aims at and no test enforces: medians of files and functions, share of comments.
std::string size_report(const SourceTree& tree);

}  // namespace mt::arch
