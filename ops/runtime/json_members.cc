#include "ops/runtime/json_members.h"

#include <string>

namespace mt {
namespace {

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }

  void skip_space() {
    while (!at_end() && std::string_view(" \t\r\n").find(peek()) != std::string_view::npos) ++at_;
  }

  // Skips spaces and takes `c` when it is next.
  bool take(char c) {
    skip_space();
    if (peek() != c || at_end()) return false;
    ++at_;
    return true;
  }

  // The text between two quotes; empty-handed when there are no two.
  Result<std::string_view> string() {
    if (!take('"')) return expected("a string");
    const std::size_t begin = at_;
    while (!at_end() && peek() != '"') at_ += peek() == '\\' ? 2 : 1;
    if (at_ >= text_.size()) return unfinished();
    return text_.substr(begin, at_++ - begin);
  }

  Result<std::string_view> value() {
    skip_space();
    const std::size_t begin = at_;
    if (peek() == '"') {
      MT_TRY(const std::string_view inner, string());
      return text_.substr(begin, inner.size() + 2);
    }
    if (peek() == '{' || peek() == '[') {
      MT_CHECK_OK(skip_nested());
    } else {
      while (!at_end() && std::string_view(",}] \t\r\n").find(peek()) == std::string_view::npos)
        ++at_;
    }
    if (at_ == begin) return expected("a value");
    return text_.substr(begin, at_ - begin);
  }

  Error expected(const std::string& what) const {
    return invalid_argument("expected " + what + " at byte " + std::to_string(at_ + 1));
  }

 private:
  // Braces and brackets are counted alike: whoever parses the value sees which belong together.
  Result<void> skip_nested() {
    std::size_t depth = 0;
    do {
      if (at_end()) return unfinished();
      const char c = peek();
      if (c == '"') {
        MT_TRY(const std::string_view ignored, string());
        static_cast<void>(ignored);
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
    } while (depth > 0);
    return {};
  }

  Error unfinished() const { return invalid_argument("the JSON object ends too soon"); }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<JsonMember>> json_members(std::string_view object) {
  Cursor cursor(object);
  std::vector<JsonMember> members;
  if (!cursor.take('{')) return cursor.expected("'{'");
  if (!cursor.take('}')) {
    do {
      JsonMember member;
      cursor.skip_space();
      MT_TRY(member.name, cursor.string());
      if (!cursor.take(':')) return cursor.expected("':'");
      MT_TRY(member.value, cursor.value());
      members.push_back(member);
    } while (cursor.take(','));
    if (!cursor.take('}')) return cursor.expected("',' or '}'");
  }
  cursor.skip_space();
  if (!cursor.at_end()) return cursor.expected("the end of the line");
  return members;
}

}  // namespace mt
