#pragma once

#include "tests/arch/source_tree.h"

namespace mt::arch {

// No two folders include each other, by whatever way round. Tests are left out: nothing includes
// them.
Findings folder_cycles(const SourceTree& tree);

}  // namespace mt::arch
