#include "tests/arch/proto_rules.h"

#include <algorithm>
#include <regex>

#include "tests/arch/cpp_text.h"

namespace mt::arch {
namespace {

constexpr std::string_view kRoot = "proto/";

bool is_proto(const SourceFile& file) {
  return file.path.starts_with(kRoot) && file.path.ends_with(".proto");
}

// A .proto file has the comments of C++.
struct Statement {
  int line;
  std::string value;
};
std::vector<Statement> statements(const SourceFile& file, const std::regex& form) {
  std::vector<Statement> found;
  const std::string text = blanked(file.text, Blank::kComments);
  int number = 0;
  for (const auto line : lines_of(text)) {
    ++number;
    std::match_results<std::string_view::const_iterator> match;
    if (std::regex_match(line.begin(), line.end(), match, form))
      found.push_back({number, match[1]});
  }
  return found;
}

// 0 platform, 1 system module, 2 business module
int level_of(std::string_view path) {
  return path.starts_with("mod/") ? 2 : path.starts_with("sys/") ? 1 : 0;
}

}  // namespace

Findings misplaced_packages(const SourceTree& tree) {
  static const std::regex kPackage(R"(^\s*package\s+([\w.]+)\s*;.*)");
  Findings findings;
  for (const auto& file : tree) {
    if (!is_proto(file)) continue;
    std::string expected(folder_of(file.path).substr(kRoot.size()));
    std::ranges::replace(expected, '/', '.');
    for (const auto& [line, package] : statements(file, kPackage)) {
      if (package != expected)
        findings.push_back(
            at(file, line,
               "package " + package + " belongs in its own folder, not in that of " + expected));
    }
  }
  return findings;
}

Findings upward_imports(const SourceTree& tree) {
  static const std::regex kImport(R"(^\s*import\s+(?:public\s+)?"([^"]+)\"\s*;.*)");
  Findings findings;
  for (const auto& file : tree) {
    if (!is_proto(file)) continue;
    const auto path = std::string_view(file.path).substr(kRoot.size());
    for (const auto& [line, import] : statements(file, kImport)) {
      if (level_of(import) > level_of(path))
        findings.push_back(at(file, line, import + " lies above"));
    }
  }
  return findings;
}

}  // namespace mt::arch
