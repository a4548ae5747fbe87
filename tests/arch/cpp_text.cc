#include "tests/arch/cpp_text.h"

#include <cctype>
#include <regex>

#include "tests/arch/source_tree.h"

namespace mt::arch {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Walks over the text once and blanks what it is told to.
class Blanker {
 public:
  Blanker(std::string_view cpp, Blank what) : in_(cpp), out_(cpp), what_(what) {}

  std::string run() {
    while (at_ < in_.size()) {
      if (starts("//")) {
        blank_to(find_end("\n", 0), true);
      } else if (starts("/*")) {
        blank_to(find_end("*/", 2), true);
      } else if (starts("R\"") && !follows_word()) {
        blank_raw_string();
      } else if (in_[at_] == '"') {
        blank_quoted('"');
      } else if (in_[at_] == '\'' && !separates_digits()) {
        blank_quoted('\'');
      } else {
        ++at_;
      }
    }
    return out_;
  }

 private:
  bool starts(std::string_view what) const { return in_.substr(at_).starts_with(what); }
  bool follows_word() const { return at_ > 0 && is_word(in_[at_ - 1]); }

  std::size_t find_end(std::string_view what, std::size_t keep) const {
    const auto found = in_.find(what, at_ + keep);
    return found == std::string_view::npos ? in_.size() : found + keep;
  }

  // 1'000: the quote stands in a word that begins with a digit.
  bool separates_digits() const {
    std::size_t begin = at_;
    while (begin > 0 && (is_word(in_[begin - 1]) || in_[begin - 1] == '\'')) --begin;
    return begin < at_ && std::isdigit(static_cast<unsigned char>(in_[begin])) != 0;
  }

  void blank_to(std::size_t end, bool comment) {
    for (; at_ < end; ++at_) {
      const bool blanks = comment || what_ == Blank::kCommentsAndLiterals;
      if (blanks && in_[at_] != '\n') out_[at_] = ' ';
    }
  }

  void blank_raw_string() {
    const auto open = in_.find('(', at_);
    const std::string close = ")" + std::string(in_.substr(at_ + 2, open - at_ - 2)) + "\"";
    const auto end = in_.find(close, open);
    blank_to(end == std::string_view::npos ? in_.size() : end + close.size(), false);
  }

  void blank_quoted(char quote) {
    std::size_t end = at_ + 1;
    while (end < in_.size() && in_[end] != quote && in_[end] != '\n')
      end += in_[end] == '\\' ? 2 : 1;
    blank_to(std::min(end + 1, in_.size()), false);
  }

  std::string_view in_;
  std::string out_;
  Blank what_;
  std::size_t at_ = 0;
};

// Preprocessor lines hold braces that close nothing.
std::string without_directives(std::string cpp) {
  bool continues = false;
  for (auto line : lines_of(cpp)) {
    const auto first = line.find_first_not_of(" \t");
    const bool directive = continues || (first != line.npos && line[first] == '#');
    continues = directive && line.ends_with('\\');
    if (directive)
      cpp.replace(static_cast<std::size_t>(line.data() - cpp.data()), line.size(), line.size(),
                  ' ');
  }
  return cpp;
}

// Finds function bodies outside of any other function. A brace opens a scope (namespace, class), a
// body, or a list of values.
class FunctionFinder {
 public:
  explicit FunctionFinder(std::string_view cpp)
      : cpp_(without_directives(blanked(cpp, Blank::kCommentsAndLiterals))) {}

  std::vector<Function> run() {
    for (at_ = 0; at_ < cpp_.size(); ++at_) {
      const char c = cpp_[at_];
      if (c == '\n') ++line_;
      if (c == '{') {
        open();
      } else if (c == '}') {
        close();
      } else if (c == ';' && !in_body() && !in_values()) {
        head_.clear();
      } else if (!in_body()) {
        head_ += c;
      }
    }
    return std::move(functions_);
  }

 private:
  enum class Kind { kScope, kBody, kValues };
  struct Brace {
    Kind kind;
    int line;
  };

  bool in(Kind kind) const {
    for (const auto& brace : open_) {
      if (brace.kind == kind) return true;
    }
    return false;
  }
  bool in_body() const { return in(Kind::kBody); }
  bool in_values() const { return in(Kind::kValues); }

  Kind kind_of_brace() const {
    if (in_body() || in_values()) return Kind::kValues;
    static const std::regex kPrefix(R"(^(\s|public\s*:|protected\s*:|private\s*:)"
                                    R"(|template\s*<[^{]*?>\s*(?=struct|class|union))+)");
    static const std::regex kScope(
        R"(^(inline\s+)?(namespace|class|struct|enum|union|extern)\b[^]*)");
    static const std::regex kFunctionEnd(R"([^]*(\)|\bconst|\bnoexcept|\boverride)\s*$)");
    const std::string head = std::regex_replace(head_, kPrefix, "");
    if (std::regex_match(head, kScope) && !std::regex_match(head, kFunctionEnd))
      return Kind::kScope;
    return head.find(')') == std::string::npos ? Kind::kValues : Kind::kBody;
  }

  void open() {
    open_.push_back({kind_of_brace(), line_});
    if (open_.back().kind == Kind::kScope) head_.clear();
  }

  void close() {
    if (open_.empty()) return;
    const Brace brace = open_.back();
    open_.pop_back();
    if (brace.kind == Kind::kScope) head_.clear();
    if (brace.kind != Kind::kBody || continues_constructor()) return;
    functions_.push_back({brace.line, line_ - brace.line + 1, head_});
    head_.clear();
  }

  // `Log() : index_{1}, size_{2} {`: what looked like a body was the value of a member.
  bool continues_constructor() const {
    const auto next = cpp_.find_first_not_of(" \t\n", at_ + 1);
    return next != std::string::npos && (cpp_[next] == ',' || cpp_[next] == '{');
  }

  std::string cpp_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::string head_;
  std::vector<Brace> open_;
  std::vector<Function> functions_;
};

}  // namespace

std::string blanked(std::string_view cpp, Blank what) { return Blanker(cpp, what).run(); }

std::vector<Include> includes_of(std::string_view cpp) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*(["<])([^">]+)[">].*)");
  std::vector<Include> includes;
  const std::string text = blanked(cpp, Blank::kComments);
  int number = 0;
  for (const auto line : lines_of(text)) {
    ++number;
    std::match_results<std::string_view::const_iterator> match;
    if (std::regex_match(line.begin(), line.end(), match, kInclude)) {
      includes.push_back({number, match[2].str(), match[1].str() == "\""});
    }
  }
  return includes;
}

std::vector<Function> functions_of(std::string_view cpp) { return FunctionFinder(cpp).run(); }

}  // namespace mt::arch
