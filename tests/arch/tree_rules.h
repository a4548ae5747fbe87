#pragma once

#include <set>

#include "tests/arch/source_tree.h"

namespace mt::arch {

// The top level is fixed.
Findings strangers_at_top(const SourceTree& tree);

// Files and folders are named after what they hold: nothing is a "util", a "helper", a "manager".
Findings vague_names(const SourceTree& tree);

// Every *_test.cc below tests/ is compiled into a test program. `built` are paths from the root.
Findings unbuilt_tests(const SourceTree& tree, const std::set<std::string>& built);

// A module has its door, its README of six headings and its configuration.
Findings incomplete_modules(const SourceTree& tree);

// A decision record says its status, context, decision and consequences.
Findings incomplete_decisions(const SourceTree& tree);

}  // namespace mt::arch
