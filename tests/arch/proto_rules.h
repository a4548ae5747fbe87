#pragma once

#include "tests/arch/source_tree.h"

namespace mt::arch {

// A .proto file stands in the folder of its package.
Findings misplaced_packages(const SourceTree& tree);

// The platform's messages know no module's, a system module's no business module's.
Findings upward_imports(const SourceTree& tree);

}  // namespace mt::arch
