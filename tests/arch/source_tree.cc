#include "tests/arch/source_tree.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/fixture/built.h"

namespace mt::arch {
namespace {

namespace fs = std::filesystem;

bool is_foreign_folder(const fs::path& folder, bool at_top) {
  static const std::set<std::string> kEverywhere{".git", "node_modules"};
  static const std::set<std::string> kAtTop{"build", "data"};
  const std::string name = folder.filename().string();
  return kEverywhere.contains(name) || (at_top && kAtTop.contains(name));
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool is_text(std::string_view content) { return content.find('\0') == std::string_view::npos; }

}  // namespace

SourceTree read_source_tree(const fs::path& root) {
  SourceTree tree;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::end(entry); ++entry) {
    if (entry->is_directory() && is_foreign_folder(entry->path(), entry.depth() == 0)) {
      entry.disable_recursion_pending();
    }
    // In a linked work tree .git is a file.
    if (!entry->is_regular_file() || entry->path().filename() == ".git") continue;
    std::string text = read(entry->path());
    if (is_text(text)) tree.push_back({fs::relative(*entry, root).generic_string(), text});
  }
  std::ranges::sort(tree, {}, &SourceFile::path);
  return tree;
}

const SourceTree& project() {
  static const SourceTree kTree = read_source_tree(test::source_folder());
  return kTree;
}

const SourceFile* find(const SourceTree& tree, std::string_view path) {
  const auto found = std::ranges::find(tree, path, &SourceFile::path);
  return found == tree.end() ? nullptr : &*found;
}

bool has_extension(const SourceFile& file, std::initializer_list<std::string_view> extensions) {
  return std::ranges::any_of(extensions, [&](auto end) { return file.path.ends_with(end); });
}

bool is_cpp(const SourceFile& file) { return has_extension(file, {".h", ".cc"}); }

std::string_view folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : path.substr(0, slash);
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string at(const SourceFile& file, int line, std::string_view what) {
  return file.path + ":" + std::to_string(line) + ": " + std::string(what);
}

std::string listed(const Findings& findings) {
  std::string lines;
  for (const auto& finding : findings) lines += finding + "\n";
  return lines;
}

}  // namespace mt::arch
