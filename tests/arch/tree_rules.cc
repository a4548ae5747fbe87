#include "tests/arch/tree_rules.h"

#include <algorithm>
#include <array>
#include <regex>

namespace mt::arch {
namespace {

bool has_heading(const SourceFile& file, std::string_view heading) {
  return std::ranges::any_of(lines_of(file.text), [&](auto line) {
    return line.starts_with('#') && line.substr(line.find_first_not_of("# ")).starts_with(heading);
  });
}

template <std::size_t N>
void require_headings(const SourceFile& file, const std::array<std::string_view, N>& headings,
                      Findings& findings) {
  for (const auto heading : headings) {
    if (!has_heading(file, heading))
      findings.push_back(at(file, 1, "lacks the heading " + std::string(heading)));
  }
}

// "modules/mod_main/" for each module; containers are lists and need none of its parts.
std::set<std::string> module_folders(const SourceTree& tree) {
  static const std::regex kModule(R"(^(modules/(sys|mod)_[^/]+/).*)");
  std::set<std::string> folders;
  for (const auto& file : tree) {
    std::smatch match;
    if (std::regex_match(file.path, match, kModule)) folders.insert(match[1]);
  }
  folders.erase("modules/sys_main/");
  return folders;
}

}  // namespace

Findings strangers_at_top(const SourceTree& tree) {
  static const std::set<std::string_view> kFolders{
      "actors", "bus", "docs", "events", "modules", "ops", "projections", "proto", "tests"};
  static const std::set<std::string_view> kFiles{"CHANGELOG.md", "CMakeLists.txt",
                                                 "CMakePresets.json", "LICENSE", "README.md"};
  Findings findings;
  for (const auto& file : tree) {
    const auto slash = file.path.find('/');
    const std::string_view top = std::string_view(file.path).substr(0, slash);
    const auto& allowed = slash == std::string::npos ? kFiles : kFolders;
    if (!top.starts_with('.') && !allowed.contains(top))
      findings.push_back(at(file, 1, "the top level is fixed"));
  }
  return findings;
}

Findings vague_names(const SourceTree& tree) {
  static const std::regex kVague(
      R"((^|[/_])(utils?|helpers?|managers?|common|misc)([/_.]|$)|(^|/)types\.h$)");
  Findings findings;
  for (const auto& file : tree) {
    if (std::regex_search(file.path, kVague))
      findings.push_back(at(file, 1, "name it after what it holds"));
  }
  return findings;
}

Findings unbuilt_tests(const SourceTree& tree, const std::set<std::string>& built) {
  Findings findings;
  for (const auto& file : tree) {
    if (!file.path.ends_with("_test.cc") || built.contains(file.path)) continue;
    findings.push_back(
        at(file, 1, "is in no test program; name its folder in tests/CMakeLists.txt"));
  }
  return findings;
}

Findings incomplete_modules(const SourceTree& tree) {
  static constexpr std::array<std::string_view, 6> kHeadings{"Streams", "Events", "Tables",
                                                             "API",     "Config", "Needs"};
  Findings findings;
  for (const auto& folder : module_folders(tree)) {
    for (const auto* part : {"module.h", "module.cc", "config.yaml", "README.md"}) {
      if (find(tree, folder + part) == nullptr) findings.push_back(folder + part + ": is missing");
    }
    const auto* readme = find(tree, folder + "README.md");
    if (readme != nullptr) require_headings(*readme, kHeadings, findings);
  }
  return findings;
}

Findings incomplete_decisions(const SourceTree& tree) {
  static constexpr std::array<std::string_view, 4> kHeadings{"Status", "Context", "Decision",
                                                             "Consequences"};
  static const std::regex kRecord(R"(^docs/adr/\d{4}-.*\.md$)");
  Findings findings;
  for (const auto& file : tree) {
    if (std::regex_match(file.path, kRecord)) require_headings(file, kHeadings, findings);
  }
  return findings;
}

}  // namespace mt::arch
