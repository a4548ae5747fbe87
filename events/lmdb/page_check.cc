#include "events/lmdb/page_check.h"

#include <algorithm>
#include <utility>

namespace mt {
namespace {

using namespace lmdb_format;

constexpr std::uint64_t kFirstTreePage = 2;  // behind the two meta pages
constexpr std::size_t kMostKeyBytes = 511;
// A commit need not write the last pages that it took, when it has freed them itself.
constexpr std::uint64_t kUnwrittenPages = 1024;
constexpr std::uint16_t kMostDepth = 32;
constexpr std::uint16_t kIntegerKeys = 8;  // of the free list's tree

enum class TreeKind { kFreeList, kNames, kRecords };

// Which keys may stand in a page: from `from` on, before `before`. Empty: no bound.
struct KeyRange {
  std::string_view from, before;
};

bool is_less(TreeKind kind, std::string_view a, std::string_view b) {
  if (kind != TreeKind::kFreeList) return a < b;
  return number_at<std::uint64_t>(a, 0) < number_at<std::uint64_t>(b, 0);
}

class Checker {
 public:
  Checker(std::string_view file, const Meta& snapshot, PageDepth depth)
      : file_(file),
        snapshot_(snapshot),
        page_bytes_(snapshot.free_list.page_bytes),
        depth_(depth),
        used_(snapshot.last_page + 1) {}

  PageReport run() {
    check_tree(TreeKind::kFreeList, {}, snapshot_.free_list);
    check_tree(TreeKind::kNames, {}, snapshot_.main);
    for (auto& [name, tree] : named_) check_tree(TreeKind::kRecords, name, tree);
    database_.clear();
    if (report_.fault_count == 0 && depth_ == PageDepth::kWhole) check_free_pages();
    return std::move(report_);
  }

 private:
  // False, for a short return.
  bool fault(std::uint64_t page, std::string what) {
    ++report_.fault_count;
    const bool is_first = report_.faults.empty() || report_.faults.back().database != database_;
    if (is_first || report_.faults.size() < PageReport::kMostNamed) {
      report_.faults.push_back({page, database_, std::move(what)});
    }
    return false;
  }

  void check_tree(TreeKind kind, std::string name, const Tree& tree) {
    database_ = std::move(name);
    kind_ = kind;
    tree_ = tree;
    found_ = {};
    last_key_ = {};
    const std::uint64_t before = report_.fault_count;
    const std::uint16_t flags = kind == TreeKind::kFreeList ? kIntegerKeys : 0;
    if (tree.flags != flags || tree.depth > kMostDepth ||
        (tree.root == kNoPage) != (tree.depth == 0)) {
      fault(tree.root, "is the root of a tree whose description is no sense");
      return;
    }
    if (tree.depth > 0) check_page(tree.root, 1, {});
    if (report_.fault_count != before) return;
    check_counters();
  }

  void check_counters() {
    const bool has_leaves = depth_ == PageDepth::kWhole || kind_ != TreeKind::kRecords;
    const bool holds = tree_.branch_pages == found_.branch_pages &&
                       (!has_leaves || (tree_.leaf_pages == found_.leaf_pages &&
                                        tree_.overflow_pages == found_.overflow_pages &&
                                        tree_.entries == found_.entries));
    if (!holds) fault(tree_.root, "is the root of a tree that has other pages than it counts");
  }

  bool take(std::uint64_t page) {
    if (page < kFirstTreePage || page > snapshot_.last_page || page >= file_.size() / page_bytes_) {
      return fault(page, "is referred to, but there is no such page");
    }
    if (used_[page]) return fault(page, "is referred to twice");
    used_[page] = true;
    ++report_.pages;
    return true;
  }

  Page page_at(std::uint64_t number) const {
    return {file_.substr(number * page_bytes_, page_bytes_)};
  }

  bool check_page(std::uint64_t number, std::uint16_t level, KeyRange range) {
    if (!take(number)) return false;
    const bool is_leaf = level == tree_.depth;
    if (is_leaf && depth_ == PageDepth::kWithoutLeaves && kind_ == TreeKind::kRecords) return true;
    const Page page = page_at(number);
    if (page.number() != number) return fault(number, "has another page's number");
    if (page.flags() != (is_leaf ? kLeaf : kBranch)) {
      return fault(number, is_leaf ? "is no leaf page" : "is no branch page");
    }
    if (!check_layout(number, page, is_leaf)) return false;
    ++(is_leaf ? found_.leaf_pages : found_.branch_pages);
    return is_leaf ? check_leaf(number, page, range) : check_branch(number, page, level, range);
  }

  // That the nodes lie in the page, one beside the other and without a gap up to its end.
  bool check_layout(std::uint64_t number, const Page& page, bool is_leaf) {
    const std::size_t lower = page.lower();
    const std::size_t upper = page.upper();
    if (lower <= kPageHeader || lower % 2 != 0 || lower > upper || upper > page_bytes_) {
      return fault(number, "has impossible bounds of its content");
    }
    spans_.clear();
    for (std::size_t i = 0; i < page.nodes(); ++i) {
      const std::size_t offset = page.node_offset(i);
      if (offset < upper || offset + kNodeHeader > page_bytes_) {
        return fault(number, "has an entry outside of its content");
      }
      const Node node{page.bytes, offset};
      const std::size_t size =
          kNodeHeader + node.key_bytes() + (is_leaf ? node.data_here() : std::size_t{0});
      if (size > page_bytes_ - offset) return fault(number, "has an entry beyond its end");
      spans_.emplace_back(offset, offset + size + size % 2);
    }
    if (!std::ranges::is_sorted(spans_)) std::ranges::sort(spans_);
    std::size_t end = upper;
    for (const auto& [from, to] : spans_) {
      if (from != end) return fault(number, "has entries that overlap or leave a gap");
      end = to;
    }
    return end == page_bytes_ || fault(number, "has entries that overlap or leave a gap");
  }

  bool check_branch(std::uint64_t number, const Page& page, std::uint16_t level, KeyRange range) {
    const std::size_t nodes = page.nodes();
    if (nodes < 2 && kind_ != TreeKind::kFreeList) return fault(number, "leads to one page only");
    bool holds = true;
    std::string_view from = range.from;
    for (std::size_t i = 0; i < nodes; ++i) {
      const Node node{page.bytes, page.node_offset(i)};
      std::string_view before = range.before;
      if (i + 1 < nodes) {
        before = Node{page.bytes, page.node_offset(i + 1)}.key();
        if (!is_key(before) || (!from.empty() && !is_less(kind_, from, before)) ||
            (!range.before.empty() && !is_less(kind_, before, range.before))) {
          return fault(number, "has keys out of order");
        }
      }
      holds =
          check_page(node.child(), static_cast<std::uint16_t>(level + 1), {from, before}) && holds;
      from = before;
    }
    return holds;
  }

  bool is_key(std::string_view key) const {
    if (kind_ == TreeKind::kFreeList) return key.size() == sizeof(std::uint64_t);
    return !key.empty() && key.size() <= kMostKeyBytes;
  }

  bool check_leaf(std::uint64_t number, const Page& page, KeyRange range) {
    for (std::size_t i = 0; i < page.nodes(); ++i) {
      const Node node{page.bytes, page.node_offset(i)};
      const std::string_view key = node.key();
      if (!is_key(key)) return fault(number, "has a key of an impossible length");
      if ((!last_key_.empty() && !is_less(kind_, last_key_, key)) ||
          (!range.from.empty() && is_less(kind_, key, range.from)) ||
          (!range.before.empty() && !is_less(kind_, key, range.before))) {
        return fault(number, "has keys out of order");
      }
      last_key_ = key;
      ++found_.entries;
      if (!check_entry(number, node)) return false;
    }
    return true;
  }

  bool check_entry(std::uint64_t number, const Node& node) {
    const bool is_name = kind_ == TreeKind::kNames;
    if ((node.flags() & ~kBigData) != (is_name ? kSubTree : 0)) {
      return fault(number, "has an entry of an unknown kind");
    }
    std::string_view value = node.data();
    if (node.flags() & kBigData) {
      const auto first = number_at<std::uint64_t>(value, 0);
      if (!check_overflow(first, node.data_bytes())) return false;
      value = file_.substr(first * page_bytes_ + kPageHeader, node.data_bytes());
    }
    if (is_name) {
      if (value.size() != kTreeBytes) return fault(number, "describes no database");
      named_.emplace_back(node.key(), Tree::at(value, 0));
    }
    if (kind_ == TreeKind::kFreeList) free_lists_.emplace_back(number, value);
    return true;
  }

  // The pages of a value that is too long for a leaf.
  bool check_overflow(std::uint64_t first, std::uint64_t bytes) {
    if (!take(first)) return false;
    const Page head = page_at(first);
    const std::uint64_t pages = head.overflow_pages();
    if (head.number() != first) return fault(first, "has another page's number");
    if (head.flags() != kOverflow) return fault(first, "is no page of a long value");
    if (pages < (kPageHeader - 1 + bytes) / page_bytes_ + 1) {
      return fault(first, "begins a value that is longer than its pages");
    }
    if (pages > snapshot_.last_page - first + 1) {
      return fault(first, "begins a value that is longer than the file");
    }
    for (std::uint64_t page = first + 1; page < first + pages; ++page) {
      if (!take(page)) return false;
    }
    found_.overflow_pages += pages;
    return true;
  }

  // That what may be written over is used by nobody.
  void check_free_pages() {
    for (const auto& [holder, list] : free_lists_) {
      const auto count = number_at<std::uint64_t>(list, 0);
      if (list.size() % 8 != 0 || count >= list.size() / 8) {
        fault(holder, "has a list of free pages that is longer than its entry");
        continue;
      }
      std::uint64_t previous = kNoPage;
      for (std::uint64_t i = 1; i <= count; ++i) {
        const auto page = number_at<std::uint64_t>(list, 8 * i);
        if (page >= previous) {
          fault(holder, "has a list of free pages out of order");
          break;
        }
        if (page < kFirstTreePage || page > snapshot_.last_page || used_[page]) {
          fault(holder, "gives page " + std::to_string(page) + " as free, which it is not");
          break;
        }
        used_[page] = true;
        previous = page;
      }
    }
  }

  const std::string_view file_;
  const Meta snapshot_;
  const std::size_t page_bytes_;
  const PageDepth depth_;
  PageReport report_;
  std::vector<bool> used_;  // by page: met so far

  // Of the tree that is being walked.
  std::string database_;
  TreeKind kind_ = TreeKind::kFreeList;
  Tree tree_{};
  Tree found_{};
  std::string_view last_key_;

  std::vector<std::pair<std::string, Tree>> named_;
  std::vector<std::pair<std::uint64_t, std::string_view>> free_lists_;  // with the page they are in
  std::vector<std::pair<std::size_t, std::size_t>> spans_;              // of one page's nodes
};

// A commit frees what it replaces, under its own number: the last key of its free list. With
// another number in its meta page, the commit before would seem to be the newest. True as well when
// that cannot be told; the first commit has nothing to free.
bool names_its_commit(std::string_view file, const Meta& meta) {
  if (meta.txn <= 1 && meta.free_list.depth == 0) return true;
  const std::size_t page_bytes = meta.free_list.page_bytes;
  std::uint64_t number = meta.free_list.root;
  for (int level = 0; level < kMostDepth; ++level) {
    if (number >= file.size() / page_bytes) return true;
    const Page page{file.substr(number * page_bytes, page_bytes)};
    if (page.lower() <= kPageHeader || page.lower() > page_bytes) return true;
    const Node last{page.bytes, page.node_offset(page.nodes() - 1)};
    if (last.offset + kNodeHeader + sizeof(std::uint64_t) > page_bytes) return true;
    if (page.flags() == kLeaf) return number_at<std::uint64_t>(last.key(), 0) == meta.txn;
    if (page.flags() != kBranch) return true;
    number = last.child();
  }
  return true;
}

Error bad_meta(int page, const std::string& what) {
  return data_loss("meta page " + std::to_string(page) + " " + what +
                   "; restore the events folder from a backup");
}

Result<Meta> read_meta(std::string_view file, int number, std::size_t offset) {
  if (file.size() < offset + kMetaBytes) return bad_meta(number, "is cut off");
  const std::string_view page = file.substr(offset, kMetaBytes);
  const Meta meta = Meta::of(page);
  if (Page{page}.flags() != kMeta || meta.magic != kMagic || meta.version != kVersion) {
    return bad_meta(number, "is not one of LMDB 0.9");
  }
  const std::uint32_t bytes = meta.free_list.page_bytes;
  if (bytes < 256 || bytes > 32768 || (bytes & (bytes - 1)) != 0) {
    return bad_meta(number, "names an impossible size of pages");
  }
  return meta;
}

}  // namespace

std::string to_string(const PageFault& fault) {
  const std::string of = fault.database.empty() ? "" : " of " + fault.database;
  if (fault.page == kNoPage) return "no page" + of + " " + fault.what;
  return "page " + std::to_string(fault.page) + of + " " + fault.what;
}

Result<Snapshots> read_snapshots(std::string_view file) {
  MT_TRY(const Meta first, read_meta(file, 0, 0));
  const std::uint32_t page_bytes = first.free_list.page_bytes;
  MT_TRY(const Meta second, read_meta(file, 1, page_bytes));
  if (second.free_list.page_bytes != page_bytes) {
    return bad_meta(1, "names another size of pages than page 0");
  }
  // Commits take turns: the even ones write page 0, the odd ones page 1.
  const bool is_new = first.txn == 0 && second.txn == 0;
  const bool are_neighbours = first.txn + 1 == second.txn || second.txn + 1 == first.txn;
  if (!is_new && (first.txn % 2 != 0 || !are_neighbours)) {
    return bad_meta(first.txn % 2 != 0 ? 0 : 1, "is not the commit before or after the other's");
  }
  const Meta& newest = second.txn > first.txn ? second : first;
  if (newest.last_page < 1 || newest.last_page >= file.size() / page_bytes + kUnwrittenPages) {
    return bad_meta(newest.txn % 2 != 0 ? 1 : 0, "has pages beyond the end of the file");
  }
  return Snapshots{newest, &newest == &first ? second : first};
}

const Meta* Snapshots::of(std::uint64_t txn) const {
  if (newest.txn == txn) return &newest;
  return older.txn == txn ? &older : nullptr;
}

PageReport check_pages(std::string_view file, const Snapshots& snapshots, const Meta& checked,
                       PageDepth depth) {
  PageReport report = Checker(file, checked, depth).run();
  for (const Meta& meta : {snapshots.newest, snapshots.older}) {
    if (report.fault_count > 0 || names_its_commit(file, meta)) continue;
    report.fault_count = 1;
    report.faults.push_back({meta.txn % 2, {}, "has the number of another commit than its own"});
  }
  return report;
}

}  // namespace mt
