#include "tests/arch/include_rules.h"

#include <gtest/gtest.h>

#include "tests/arch/folder_cycles.h"

namespace mt::arch {
namespace {

TEST(Includes, NameExistingFilesFromTheRoot) {
  EXPECT_EQ(listed(unresolved_includes(project())), "");
}

TEST(Includes, PointDown) { EXPECT_EQ(listed(upward_includes(project())), ""); }

TEST(Includes, KeepModulesApart) { EXPECT_EQ(listed(module_trespasses(project())), ""); }

TEST(Includes, KeepForeignHeadersInTheirFolder) {
  EXPECT_EQ(listed(fence_breaches(project())), "");
}

TEST(Includes, MakeNoCyclesOfFolders) { EXPECT_EQ(listed(folder_cycles(project())), ""); }

// One file with one include, in a tree that also holds the targets that exist.
SourceTree with(std::string path, std::string include) {
  SourceTree tree{{"events/writer.h", ""}, {"proto/mt/api/v1/options.proto", ""}};
  tree.push_back({std::move(path), "#include " + include + "\n"});
  return tree;
}

using Rule = Findings (*)(const SourceTree&);

struct Case {
  Rule rule;
  std::string path;
  std::string include;
  bool allowed;
};

class IncludeRule : public testing::TestWithParam<Case> {};

TEST_P(IncludeRule, TellsRightFromWrong) {
  const auto& [rule, path, include, allowed] = GetParam();
  EXPECT_EQ(rule(with(path, include)).empty(), allowed) << path << " includes " << include;
}

INSTANTIATE_TEST_SUITE_P(
    Unresolved, IncludeRule,
    testing::Values(Case{unresolved_includes, "bus/a.cc", R"("events/writer.h")", true},
                    Case{unresolved_includes, "bus/a.cc", R"("mt/api/v1/options.pb.h")", true},
                    Case{unresolved_includes, "bus/a.cc", R"("mt/api/v1/gone.pb.h")", false},
                    Case{unresolved_includes, "bus/a.cc", R"("writer.h")", false},
                    Case{unresolved_includes, "bus/a.cc", R"("../events/writer.h")", false},
                    Case{unresolved_includes, "bus/a.cc", "<vector>", true}));

INSTANTIATE_TEST_SUITE_P(
    Upward, IncludeRule,
    testing::Values(
        Case{upward_includes, "actors/a.cc", R"("bus/dispatcher.h")", true},
        Case{upward_includes, "actors/a.cc", R"("actors/node.h")", true},
        Case{upward_includes, "events/lmdb/a.cc", R"("events/writer.h")", true},
        Case{upward_includes, "events/base/a.cc", R"("events/writer.h")", false},
        Case{upward_includes, "events/a.cc", R"("actors/node.h")", false},
        Case{upward_includes, "bus/a.cc", R"("projections/table.h")", false},
        Case{upward_includes, "projections/a.cc", R"("bus/dispatcher.h")", false},
        Case{upward_includes, "ops/runtime/a.cc", R"("tests/fixture/a.h")", false},
        Case{upward_includes, "modules/mod_main/a.cc", R"("ops/runtime/run.h")", false},
        Case{upward_includes, "modules/sys_main/main.cc", R"("ops/runtime/run.h")", true},
        Case{upward_includes, "modules/sys_main/modules.cc", R"("ops/runtime/run.h")", false}));

INSTANTIATE_TEST_SUITE_P(
    Module, IncludeRule,
    testing::Values(
        Case{module_trespasses, "modules/mod_a/a.cc", R"("modules/mod_a/server/b.h")", true},
        Case{module_trespasses, "modules/mod_a/a.cc", R"("sys/core/v1/core.pb.h")", true},
        Case{module_trespasses, "modules/mod_a/a.cc", R"("modules/sys_core/module.h")", false},
        Case{module_trespasses, "modules/sys_a/a.cc", R"("mod/main/v1/notices.pb.h")", false},
        Case{module_trespasses, "modules/sys_main/m.cc", R"("modules/sys_core/module.h")", true},
        Case{module_trespasses, "modules/sys_main/m.cc", R"("modules/sys_core/server/a.h")", false},
        Case{module_trespasses, "bus/a.cc", R"("sys/core/v1/core.pb.h")", false},
        Case{module_trespasses, "bus/a.cc", R"("mt/api/v1/options.pb.h")", true}));

INSTANTIATE_TEST_SUITE_P(
    Fence, IncludeRule,
    testing::Values(Case{fence_breaches, "events/lmdb/a.cc", "<lmdb.h>", true},
                    Case{fence_breaches, "events/a.cc", "<lmdb.h>", false},
                    Case{fence_breaches, "modules/mod_a/a.cc", "<caf/actor.hpp>", false},
                    Case{fence_breaches, "actors/a.cc", "<caf/actor.hpp>", true},
                    Case{fence_breaches, "bus/a.cc", "<grpcpp/grpcpp.h>", false},
                    Case{fence_breaches, "bus/edges/a.cc", R"("grpc/health/v1/health.pb.h")", true},
                    Case{fence_breaches, "ops/client/a.cc", "<grpcpp/grpcpp.h>", true},
                    Case{fence_breaches, "bus/a.cc", "<nats/nats.h>", false},
                    Case{fence_breaches, "bus/a.cc", R"("spdlog/spdlog.h")", false},
                    Case{fence_breaches, "modules/sys_a/a.cc", "<sodium.h>", false},
                    Case{fence_breaches, "modules/sys_a/a.cc", "<CLI/CLI.hpp>", false},
                    Case{fence_breaches, "actors/a.cc", "<yaml-cpp/yaml.h>", false},
                    Case{fence_breaches, "tests/unit/a.cc", "<lmdb.h>", true}));

TEST(FolderCycles, AreFoundByWhateverWayRound) {
  const SourceTree tree{{"a/1.cc", "#include \"b/2.h\"\n"},
                        {"b/2.cc", "#include \"c/3.h\"\n"},
                        {"c/3.cc", "#include \"a/1.h\"\n"}};
  EXPECT_EQ(listed(folder_cycles(tree)), "folders include each other: a -> b -> c -> a\n");
}

TEST(FolderCycles, AreNotSeenInALatticeOfFolders) {
  const SourceTree tree{{"a/1.cc", "#include \"b/2.h\"\n#include \"c/3.h\"\n#include \"a/4.h\"\n"},
                        {"b/2.cc", "#include \"c/3.h\"\n"}};
  EXPECT_EQ(listed(folder_cycles(tree)), "");
}

}  // namespace
}  // namespace mt::arch
