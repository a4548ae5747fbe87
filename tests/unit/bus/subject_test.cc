#include "bus/subject.h"

#include <gtest/gtest.h>

#include <string>

namespace mt {
namespace {

TEST(Subject, IsTokensJoinedByDots) {
  for (const char* good : {"a", "mt.grown.mod_main", "A.b-c.0"})
    EXPECT_TRUE(check_subject(good)) << good;
  EXPECT_TRUE(check_subject(std::string(255, 'a')));
}

TEST(Subject, IsRefusedByNameWhenMalformed) {
  for (const char* bad : {"", ".", ".a", "a.", "a..b", "a b", "a\tb", "a\nb", "a\x7f", "ä", "*",
                          "a.*", "a.>", "a*", ">"}) {
    const auto checked = check_subject(bad);
    ASSERT_FALSE(checked) << bad;
    EXPECT_EQ(checked.error().code, Code::kInvalidArgument);
    EXPECT_NE(checked.error().message.find("subject '" + std::string(bad) + "'"),
              std::string::npos);
  }
  EXPECT_FALSE(check_subject(std::string(256, 'a')));
}

TEST(Subject, PatternsHoldWildcardsAsWholeTokens) {
  for (const char* good : {"a", "*", ">", "a.*", "*.b", "a.*.c.>", "*.*"})
    EXPECT_TRUE(check_pattern(good)) << good;
  for (const char* bad : {"", "a*", "*a", "a.b>", ">.a", "a.>.b", "a..>", "*.", "**", ">>", "* *"})
    EXPECT_FALSE(check_pattern(bad)) << bad;
}

struct Match {
  const char* pattern;
  const char* subject;
  bool matches;
};

TEST(Subject, MatchesPatternsTokenByToken) {
  const Match cases[] = {
      {"a.b", "a.b", true},      {"a.b", "a.bc", false},    {"a.b", "a", false},
      {"a", "a.b", false},       {"*", "a", true},          {"*", "a.b", false},
      {"a.*", "a.b", true},      {"a.*", "a", false},       {"a.*", "a.b.c", false},
      {"*.b", "a.b", true},      {"*.b", "a.c", false},     {"a.*.c", "a.b.c", true},
      {"a.*.c", "a.b.d", false}, {">", "a", true},          {">", "a.b.c", true},
      {"a.>", "a.b", true},      {"a.>", "a.b.c", true},    {"a.>", "a", false},
      {"a.>", "b.c", false},     {"*.*.>", "a.b.c", true},  {"*.*.>", "a.b", false},
      {"ab.c", "a.c", false},    {"mt.*.x", "mt.x", false},
  };
  for (const auto& [pattern, subject, expected] : cases)
    EXPECT_EQ(matches(pattern, subject), expected) << pattern << " and " << subject;
}

}  // namespace
}  // namespace mt
