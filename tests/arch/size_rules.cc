#include "tests/arch/size_rules.h"

#include <algorithm>

#include "tests/arch/cpp_text.h"

namespace mt::arch {
namespace {

bool is_code(const SourceFile& file) {
  return has_extension(file, {".h", ".cc", ".proto", ".mjs", ".ts", ".cmake", "CMakeLists.txt"}) ||
         file.text.starts_with("#!");
}

int median(std::vector<int> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// Characters, not bytes: those that continue one in UTF-8 are left out.
int columns(std::string_view line) {
  return static_cast<int>(std::ranges::count_if(line, [](char c) { return (c & 0xC0) != 0x80; }));
}

int comment_lines(const SourceFile& file) {
  const std::string text = blanked(file.text, Blank::kComments);
  const auto before = lines_of(file.text);
  const auto after = lines_of(text);
  int count = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] != after[i] && after[i].find_first_not_of(' ') == std::string_view::npos) ++count;
  }
  return count;
}

struct Sizes {
  std::vector<int> files;
  std::vector<int> functions;
  int lines = 0;
  int comments = 0;
};

Sizes sizes_below(const SourceTree& tree, bool tests) {
  Sizes sizes;
  for (const auto& file : tree) {
    if (!is_cpp(file) || file.path.starts_with("tests/") != tests) continue;
    sizes.files.push_back(static_cast<int>(lines_of(file.text).size()));
    sizes.lines += sizes.files.back();
    sizes.comments += comment_lines(file);
    for (const auto& function : functions_of(file.text)) sizes.functions.push_back(function.length);
  }
  return sizes;
}

std::string described(std::string_view what, const Sizes& sizes) {
  return std::string(what) + ": " + std::to_string(sizes.files.size()) + " files, " +
         std::to_string(sizes.lines) + " lines, median file " +
         std::to_string(median(sizes.files)) + ", median function " +
         std::to_string(median(sizes.functions)) + ", comments " +
         std::to_string(sizes.comments * 100 / std::max(sizes.lines, 1)) + " %\n";
}

}  // namespace

Findings long_files(const SourceTree& tree, int longest) {
  Findings findings;
  for (const auto& file : tree) {
    const int length = static_cast<int>(lines_of(file.text).size());
    if (is_code(file) && length > longest)
      findings.push_back(at(file, length, "lines; " + std::to_string(longest) + " are the most"));
  }
  return findings;
}

Findings long_functions(const SourceTree& tree) {
  Findings findings;
  for (const auto& file : tree) {
    if (!is_cpp(file)) continue;
    for (const auto& function : functions_of(file.text)) {
      if (function.length > kLongestFunction)
        findings.push_back(
            at(file, function.line, "a function of " + std::to_string(function.length) + " lines"));
    }
  }
  return findings;
}

Findings wide_lines(const SourceTree& tree) {
  Findings findings;
  for (const auto& file : tree) {
    int number = 0;
    for (const auto line : lines_of(file.text)) {
      ++number;
      if (is_cpp(file) && columns(line) > kWidestLine) {
        findings.push_back(at(file, number, "too wide; let clang-format lay out this file"));
      }
    }
  }
  return findings;
}

std::string size_report(const SourceTree& tree) {
  return described("code ", sizes_below(tree, false)) +
         described("tests", sizes_below(tree, true)) + "files over " + std::to_string(kThinkAt) +
         " lines:\n" + listed(long_files(tree, kThinkAt));
}

}  // namespace mt::arch
