#include "tests/arch/doc_rules.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <regex>

namespace mt::arch {
namespace {

namespace fs = std::filesystem;
using Match = std::match_results<std::string_view::const_iterator>;
using Matches = std::regex_iterator<std::string_view::const_iterator>;

bool is_document(const SourceFile& file) { return file.path.ends_with(".md"); }

// Calls visit(line number, line) for each line outside of a fenced block.
template <class Visit>
void each_prose_line(const SourceFile& file, Visit visit) {
  bool fenced = false;
  int number = 0;
  for (const auto line : lines_of(file.text)) {
    ++number;
    if (line.starts_with("```")) {
      fenced = !fenced;
    } else if (!fenced) {
      visit(number, line);
    }
  }
}

bool has_anchor(const SourceFile& file, std::string_view anchor) {
  bool found = false;
  each_prose_line(file, [&](int, std::string_view line) {
    const auto text = line.find_first_not_of('#');
    if (line.starts_with('#') && text != line.npos && anchor_of(line.substr(text)) == anchor)
      found = true;
  });
  return found;
}

bool exists(const SourceTree& tree, const std::string& path) {
  return path.empty() || std::ranges::any_of(tree, [&](const auto& file) {
           return file.path == path || file.path.starts_with(path + "/");
         });
}

// Why the link of the document leads nowhere; "" when it leads somewhere.
std::string why_broken(const SourceTree& tree, const SourceFile& from, const std::string& link) {
  if (link.find("://") != std::string::npos || link.starts_with("mailto:")) return "";
  const auto hash = link.find('#');
  const std::string file = link.substr(0, hash);
  std::string path =
      file.empty() ? from.path
                   : (fs::path(folder_of(from.path)) / file).lexically_normal().generic_string();
  if (path.ends_with('/')) path.pop_back();
  if (!exists(tree, path == "." ? "" : path)) return link + " leads to no file";
  const auto* target = find(tree, path);
  if (hash == std::string::npos || target == nullptr || !is_document(*target)) return "";
  return has_anchor(*target, link.substr(hash + 1)) ? "" : link + " leads to no heading";
}

// Documents show how a new module is made; the files of that example exist nowhere.
bool is_example(const SourceTree& tree, const std::string& path) {
  static const std::regex kModule(
      R"(^(modules|proto/sys|proto/mod|tests/unit/modules)/([^/]+)/.*)");
  std::smatch match;
  return std::regex_match(path, match, kModule) &&
         !exists(tree, match[1].str() + "/" + match[2].str());
}

}  // namespace

std::string anchor_of(std::string_view heading) {
  std::string anchor;
  const auto first = heading.find_first_not_of(' ');
  for (const char c : heading.substr(first == heading.npos ? heading.size() : first)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ' ') anchor += '-';
    if (std::isalnum(byte) != 0 || c == '-' || c == '_' || byte >= 0x80)
      anchor += static_cast<char>(std::tolower(byte));
  }
  return anchor;
}

Findings broken_links(const SourceTree& tree) {
  static const std::regex kCode("`[^`]*`");
  static const std::regex kLink(R"(\]\(([^)\s]+)[^)]*\))");
  Findings findings;
  for (const auto& file : tree) {
    if (!is_document(file)) continue;
    each_prose_line(file, [&](int number, std::string_view line) {
      const std::string prose = std::regex_replace(std::string(line), kCode, "``");
      for (std::sregex_iterator link(prose.begin(), prose.end(), kLink), end; link != end; ++link) {
        const std::string why = why_broken(tree, file, (*link)[1]);
        if (!why.empty()) findings.push_back(at(file, number, why));
      }
    });
  }
  return findings;
}

Findings vanished_files(const SourceTree& tree) {
  static const std::regex kPath(
      R"(`((actors|bus|events|modules|ops|projections|proto|tests|docs)/[\w./-]+)"
      R"(\.(h|cc|proto|mjs|cmake|yaml|ndjson|md))`)");
  Findings findings;
  for (const auto& file : tree) {
    if (!is_document(file)) continue;
    each_prose_line(file, [&](int number, std::string_view line) {
      for (Matches path(line.begin(), line.end(), kPath), end; path != end; ++path) {
        const std::string named = (*path)[1];
        if (!exists(tree, named) && !is_example(tree, named))
          findings.push_back(at(file, number, named + " does not exist"));
      }
    });
  }
  return findings;
}

}  // namespace mt::arch
