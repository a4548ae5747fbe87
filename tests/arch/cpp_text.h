#pragma once

#include <string>
#include <string_view>
#include <vector>

// As much of C++ as the rules need: comments and literals, includes, and where functions begin and
// end. It reads text, not types, and is right for code that clang-format has laid out.
namespace mt::arch {

enum class Blank { kComments, kCommentsAndLiterals };

// The same text with comments (and literals) turned into spaces; line ends stay where they are.
std::string blanked(std::string_view cpp, Blank what);

struct Include {
  int line = 0;
  std::string target;
  bool quoted = false;  // "target", not <target>
};
std::vector<Include> includes_of(std::string_view cpp);

struct Function {
  int line = 0;    // of its opening brace
  int length = 0;  // in lines, from the opening to the closing brace
  std::string head;
};
std::vector<Function> functions_of(std::string_view cpp);

}  // namespace mt::arch
