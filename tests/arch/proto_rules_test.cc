#include "tests/arch/proto_rules.h"

#include <gtest/gtest.h>

namespace mt::arch {
namespace {

TEST(Protos, StandInTheFolderOfTheirPackage) {
  EXPECT_EQ(listed(misplaced_packages(project())), "");
}

TEST(Protos, ImportNothingFromAbove) { EXPECT_EQ(listed(upward_imports(project())), ""); }

SourceTree one(std::string path, std::string text) { return {{std::move(path), std::move(text)}}; }

TEST(ProtoRules, FindAPackageInAForeignFolder) {
  EXPECT_TRUE(
      misplaced_packages(one("proto/sys/core/v1/a.proto", "package sys.core.v1;\n")).empty());
  EXPECT_FALSE(misplaced_packages(one("proto/sys/core/v1/a.proto", "package sys.core;\n")).empty());
}

TEST(ProtoRules, FindAnImportThatPointsUp) {
  const std::string imports_sys = "import \"sys/core/v1/core.proto\";\n";
  EXPECT_FALSE(upward_imports(one("proto/mt/api/v1/a.proto", imports_sys)).empty());
  EXPECT_TRUE(upward_imports(one("proto/mod/main/v1/a.proto", imports_sys)).empty());
  EXPECT_TRUE(upward_imports(one("proto/mt/api/v1/a.proto", "// " + imports_sys)).empty());
}

}  // namespace
}  // namespace mt::arch
