#include "tests/arch/cpp_text.h"

#include <gtest/gtest.h>

namespace mt::arch {
namespace {

TEST(CppText, BlanksCommentsAndKeepsLineEnds) {
  EXPECT_EQ(blanked("a // b\nc /* d\ne */ f", Blank::kComments), "a     \nc     \n     f");
}

TEST(CppText, KeepsAQuoteThatLooksLikeAComment) {
  EXPECT_EQ(blanked(R"(x = "//";)", Blank::kComments), R"(x = "//";)");
  EXPECT_EQ(blanked(R"(x = "//";)", Blank::kCommentsAndLiterals), "x =     ;");
}

TEST(CppText, BlanksRawStringsAndCharactersButNoDigitSeparators) {
  EXPECT_EQ(blanked("R\"(\"{)\";", Blank::kCommentsAndLiterals), "       ;");
  EXPECT_EQ(blanked("'{' + 1'000'000", Blank::kCommentsAndLiterals), "    + 1'000'000");
}

TEST(CppText, FindsIncludesOutsideOfComments) {
  const auto found =
      includes_of("#include <a/b.h>\n// #include \"no.h\"\n#include \"c/d.h\"  // why\n");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].target, "a/b.h");
  EXPECT_FALSE(found[0].quoted);
  EXPECT_EQ(found[1].target, "c/d.h");
  EXPECT_EQ(found[1].line, 3);
  EXPECT_TRUE(found[1].quoted);
}

std::vector<int> lengths(std::string_view cpp) {
  std::vector<int> found;
  for (const auto& function : functions_of(cpp)) found.push_back(function.length);
  return found;
}

TEST(CppText, MeasuresFunctionsInNamespacesAndClasses) {
  EXPECT_EQ(lengths("namespace a {\nint f() {\n  return 1;\n}\n}"), std::vector{3});
  EXPECT_EQ(
      lengths("class A final : public B<int(int)> {\n public:\n  int f() const { return 1; }\n"
              "  struct C {\n    int d{1};\n  };\n};\nint g() {\n}\n"),
      (std::vector{1, 2}));
}

TEST(CppText, MeasuresTemplatesConstructorsAndTests) {
  EXPECT_EQ(lengths("template <class T>\nT f(T t) {\n\n}\n"), std::vector{3});
  EXPECT_EQ(lengths("template <class T>\nstruct S {\n  void f() {}\n};"), std::vector{1});
  EXPECT_EQ(lengths("A::A() : b_{1}, c_{2} {\n  if (b_) {\n  }\n}\n"), std::vector{4});
  EXPECT_EQ(lengths("TEST(A, B) {\n  auto f = [] { return 1; };\n}\n"), std::vector{3});
}

TEST(CppText, PassesOverTablesOfValuesAndMacros) {
  EXPECT_EQ(lengths("const Case kCases[] = {\n {f(1), {2}},\n {f(2), {3}},\n};\n"),
            std::vector<int>{});
  EXPECT_EQ(lengths("#define X(a) \\\n  do { a\nint f() {\n}\n"), std::vector{2});
}

}  // namespace
}  // namespace mt::arch
