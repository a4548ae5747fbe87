#pragma once

#include "tests/arch/source_tree.h"

namespace mt::arch {

// A link in a document leads to an existing file or folder, and its anchor to a heading there.
Findings broken_links(const SourceTree& tree);

// A file named in `code` by its path from the root exists.
Findings vanished_files(const SourceTree& tree);

// The anchor that the heading gets on the web: lower case, spaces as dashes, no punctuation.
std::string anchor_of(std::string_view heading);

}  // namespace mt::arch
