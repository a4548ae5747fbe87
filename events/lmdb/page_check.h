// Checks the pages of an LMDB environment before LMDB trusts them, which it does blindly: a bit
// that has changed in one may make it crash, go round for ever, or leave records out. All that a
// snapshot uses is checked: its meta page, its trees, their keys' order and counters, its free
// list. What it does not use (free pages, the older meta page's trees, gaps within pages, the end
// of the file) may hold anything. Values are not looked into. Pure; docs/DATA.md names the checks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "events/lmdb/page_format.h"

namespace mt {

struct PageFault {
  std::uint64_t page = 0;
  std::string database;  // empty: of the environment itself
  std::string what;      // goes on "page 7 …"
};
std::string to_string(const PageFault& fault);

struct PageReport {
  static constexpr std::size_t kMostNamed = 20;

  std::uint64_t pages = 0;  // in use
  std::uint64_t fault_count = 0;
  std::vector<PageFault> faults;  // the first ones, of each damaged database one at least
};

// How far down a check goes: through all pages, or without the leaves, which are nearly all.
enum class PageDepth { kWhole, kWithoutLeaves };

// The last two commits, from the two meta pages.
struct Snapshots {
  lmdb_format::Meta newest, older;

  // That of a commit; null when it is neither.
  const lmdb_format::Meta* of(std::uint64_t txn) const;
};
// DATA_LOSS names the meta page that does not hold.
Result<Snapshots> read_snapshots(std::string_view file);

// The pages of `checked`, one of the snapshots. `file` is the whole file; what the snapshot uses,
// or frees, does not change meanwhile.
PageReport check_pages(std::string_view file, const Snapshots& snapshots,
                       const lmdb_format::Meta& checked, PageDepth depth = PageDepth::kWhole);

}  // namespace mt
