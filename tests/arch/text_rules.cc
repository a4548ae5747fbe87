#include "tests/arch/text_rules.h"

#include <regex>

#include "tests/arch/cpp_text.h"

namespace mt::arch {
namespace {

// The rules' own tests hold what the rules forbid.
bool is_own_fixture(const SourceFile& file) { return file.path.starts_with("tests/arch/"); }

void search(const SourceFile& file, std::string_view text, const std::regex& forbidden,
            std::string_view why, Findings& findings) {
  int number = 0;
  for (const auto line : lines_of(text)) {
    ++number;
    if (std::regex_search(line.begin(), line.end(), forbidden))
      findings.push_back(at(file, number, why));
  }
}

}  // namespace

Findings postponed_work(const SourceTree& tree) {
  static const std::regex kMarker(R"(\b(TODO|FIXME|XXX|HACK|TBD)\b)");
  Findings findings;
  for (const auto& file : tree) {
    if (is_own_fixture(file)) continue;
    search(file, file.text, kMarker, "a marker of work put off; do it or leave it out", findings);
  }
  return findings;
}

Findings machine_traces(const SourceTree& tree) {
  static const std::regex kPath(
      R"((^|[\s"'`=(:])/(home|Users|root|mnt|srv|work|workspace|builds)/[\w.])");
  static const std::regex kHost(R"re("resolved"\s*:)re");
  Findings findings;
  for (const auto& file : tree) {
    if (is_own_fixture(file)) continue;
    search(file, file.text, kPath, "a path of one machine", findings);
    if (file.path.ends_with("package-lock.json"))
      search(file, file.text, kHost, "a lock file names no registry", findings);
  }
  return findings;
}

Findings sleeping_tests(const SourceTree& tree) {
  static const std::regex kSleep(R"(\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\()");
  Findings findings;
  for (const auto& file : tree) {
    if (!is_cpp(file) || !file.path.starts_with("tests/") || is_own_fixture(file)) continue;
    search(file, blanked(file.text, Blank::kCommentsAndLiterals), kSleep,
           "a test sleeps; let it wait for what it tests", findings);
  }
  return findings;
}

Findings macros(const SourceTree& tree) {
  static const std::regex kDefine(R"(^\s*#\s*define\s+(?!MT_)\w+)");
  Findings findings;
  for (const auto& file : tree) {
    if (!is_cpp(file) || is_own_fixture(file)) continue;
    search(file, blanked(file.text, Blank::kComments), kDefine, "a macro; write a function",
           findings);
  }
  return findings;
}

}  // namespace mt::arch
