#include "tests/arch/text_rules.h"

#include <gtest/gtest.h>

namespace mt::arch {
namespace {

TEST(Texts, PutNothingOff) { EXPECT_EQ(listed(postponed_work(project())), ""); }

TEST(Texts, NameNoMachine) { EXPECT_EQ(listed(machine_traces(project())), ""); }

TEST(Texts, LetNoTestSleep) { EXPECT_EQ(listed(sleeping_tests(project())), ""); }

TEST(Texts, DefineNoMacros) { EXPECT_EQ(listed(macros(project())), ""); }

SourceTree one(std::string path, std::string text) { return {{std::move(path), std::move(text)}}; }

TEST(TextRules, FindMarkersOfWorkPutOff) {
  EXPECT_FALSE(postponed_work(one("bus/a.cc", "// TODO: later\n")).empty());
  EXPECT_FALSE(postponed_work(one("docs/A.md", "FIXME\n")).empty());
  EXPECT_TRUE(postponed_work(one("bus/a.cc", "// MASTODON\n")).empty());
}

TEST(TextRules, FindPathsOfOneMachineAndHostsOfRegistries) {
  EXPECT_FALSE(machine_traces(one("docs/A.md", "see /home/ann/notes\n")).empty());
  EXPECT_TRUE(
      machine_traces(one("docs/A.md", "see /usr/share/iso-codes and docs/home/a\n")).empty());
  EXPECT_FALSE(
      machine_traces(one("ops/a/package-lock.json", "\"resolved\": \"https://\"\n")).empty());
}

TEST(TextRules, FindTestsThatSleep) {
  const std::string sleeps = "std::this_thread::sleep_for(10ms);\n";
  EXPECT_FALSE(sleeping_tests(one("tests/unit/bus/a_test.cc", sleeps)).empty());
  EXPECT_TRUE(sleeping_tests(one("tests/unit/bus/a_test.cc", "// " + sleeps)).empty());
}

TEST(TextRules, FindMacros) {
  EXPECT_FALSE(macros(one("bus/a.h", "#define BUS_H\n")).empty());
  EXPECT_TRUE(macros(one("bus/a.h", "#define MT_TRY(a) a\n")).empty());
}

}  // namespace
}  // namespace mt::arch
