#include "tests/arch/tree_rules.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/fixture/built.h"

namespace mt::arch {
namespace {

// What the build says it compiles into test programs, as paths from the root.
std::set<std::string> built_tests() {
  std::set<std::string> built;
  std::ifstream list(test::build_folder() / "tests" / "test_sources.txt");
  for (std::string line; std::getline(list, line);) {
    built.insert(std::filesystem::relative(line, test::source_folder()).generic_string());
  }
  return built;
}

TEST(Tree, HasAFixedTopLevel) { EXPECT_EQ(listed(strangers_at_top(project())), ""); }

TEST(Tree, NamesThingsAfterWhatTheyHold) { EXPECT_EQ(listed(vague_names(project())), ""); }

TEST(Tree, BuildsEveryTest) {
  const auto built = built_tests();
  EXPECT_TRUE(built.contains("tests/arch/tree_rules_test.cc"));
  EXPECT_EQ(listed(unbuilt_tests(project(), built)), "");
}

TEST(Tree, HasWholeModules) { EXPECT_EQ(listed(incomplete_modules(project())), ""); }

TEST(Tree, HasWholeDecisionRecords) { EXPECT_EQ(listed(incomplete_decisions(project())), ""); }

SourceTree one(std::string path, std::string text = "") {
  return {{std::move(path), std::move(text)}};
}

TEST(TreeRules, FindStrangersAtTheTop) {
  EXPECT_FALSE(strangers_at_top(one("src/a.cc")).empty());
  EXPECT_FALSE(strangers_at_top(one("NOTES.md")).empty());
  EXPECT_FALSE(strangers_at_top(one("bus")).empty());
  EXPECT_TRUE(strangers_at_top(one("bus/a.cc")).empty());
  EXPECT_TRUE(strangers_at_top(one(".gitignore")).empty());
}

TEST(TreeRules, FindVagueNames) {
  EXPECT_FALSE(vague_names(one("bus/string_utils.h")).empty());
  EXPECT_FALSE(vague_names(one("common/a.h")).empty());
  EXPECT_FALSE(vague_names(one("bus/types.h")).empty());
  EXPECT_TRUE(vague_names(one("bus/content_types.h")).empty());
}

TEST(TreeRules, FindATestThatIsNotBuilt) {
  EXPECT_FALSE(unbuilt_tests(one("tests/unit/x/a_test.cc"), {}).empty());
  EXPECT_TRUE(unbuilt_tests(one("tests/unit/x/a_test.cc"), {"tests/unit/x/a_test.cc"}).empty());
}

TEST(TreeRules, FindAModuleWithoutItsParts) {
  SourceTree tree{{"modules/mod_a/README.md",
                   "## Streams\n## Events\n## Tables\n## API\n## Config\n## Needs\n"},
                  {"modules/mod_a/config.yaml", ""},
                  {"modules/mod_a/module.cc", ""},
                  {"modules/mod_a/module.h", ""}};
  EXPECT_EQ(listed(incomplete_modules(tree)), "");
  tree[0].text = "## Streams\n";
  EXPECT_EQ(incomplete_modules(tree).size(), 5U);
  tree.pop_back();
  EXPECT_EQ(incomplete_modules(tree).size(), 6U);
}

TEST(TreeRules, FindADecisionWithoutItsReasons) {
  EXPECT_EQ(incomplete_decisions(one("docs/adr/0001-a.md", "## Status\n## Context\n")).size(), 2U);
}

}  // namespace
}  // namespace mt::arch
