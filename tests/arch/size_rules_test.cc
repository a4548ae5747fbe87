#include "tests/arch/size_rules.h"

#include <gtest/gtest.h>

#include <iostream>

namespace mt::arch {
namespace {

TEST(Sizes, KeepFilesShort) {
  std::cout << size_report(project());
  EXPECT_EQ(listed(long_files(project())), "");
}

TEST(Sizes, KeepFunctionsShort) { EXPECT_EQ(listed(long_functions(project())), ""); }

TEST(Sizes, KeepLinesInTheFormat) { EXPECT_EQ(listed(wide_lines(project())), ""); }

std::string lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "x\n";
  return text;
}

TEST(SizeRules, FindAFileOfOneLineTooMany) {
  EXPECT_TRUE(long_files({{"bus/a.cc", lines(kLongestFile)}}).empty());
  EXPECT_FALSE(long_files({{"bus/a.cc", lines(kLongestFile + 1)}}).empty());
  EXPECT_FALSE(long_files({{"ops/run", "#!/bin/sh\n" + lines(kLongestFile)}}).empty());
  EXPECT_TRUE(long_files({{"LICENSE", lines(kLongestFile + 1)}}).empty());
}

TEST(SizeRules, FindAFunctionOfOneLineTooMany) {
  const auto function = [](int length) { return "void f() {\n" + lines(length - 2) + "}\n"; };
  EXPECT_TRUE(long_functions({{"bus/a.cc", function(kLongestFunction)}}).empty());
  EXPECT_FALSE(long_functions({{"bus/a.cc", function(kLongestFunction + 1)}}).empty());
}

TEST(SizeRules, FindALineOfOneColumnTooMany) {
  std::string line(kWidestLine, 'x');
  line.replace(0, 1, "ä");
  EXPECT_TRUE(wide_lines({{"bus/a.cc", line + "\n"}}).empty());
  EXPECT_FALSE(wide_lines({{"bus/a.cc", line + "x\n"}}).empty());
}

}  // namespace
}  // namespace mt::arch
