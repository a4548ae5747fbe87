#pragma once

#include "tests/arch/source_tree.h"

namespace mt::arch {

// Nothing is left half done: no marker of work put off.
Findings postponed_work(const SourceTree& tree);

// Nothing speaks of the machine it was written on: no path of one person's disk, no host of a
// registry in a lock file.
Findings machine_traces(const SourceTree& tree);

// A test waits for what it tests (a position, a line, a reply), never for time to pass.
Findings sleeping_tests(const SourceTree& tree);

// The only macro that code may call is MT_TRY; macros hide control flow.
Findings macros(const SourceTree& tree);

}  // namespace mt::arch
