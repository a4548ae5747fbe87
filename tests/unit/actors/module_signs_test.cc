#include "actors/module_signs.h"

#include <gtest/gtest.h>

namespace mt {
namespace {

ModuleSigns serving() {
  ModuleSigns signs;
  signs.node = NodePhase::kServing;
  signs.supervised.state = ModuleState::kRunning;
  return signs;
}

TableState failed_table() {
  TableState table;
  table.state = "failed";
  table.failure = "table stopped at position 7";
  return table;
}

TEST(ModuleSigns, OfAHealthyModuleSayThatItRuns) {
  ModuleSigns signs = serving();
  signs.tables.emplace_back();
  EXPECT_EQ(judge(signs).state, ModuleState::kRunning);
  EXPECT_EQ(judge(signs).reason, "");
}

TEST(ModuleSigns, SayThatItRunsBeforeItsFirstActor) {
  ModuleSigns signs = serving();
  signs.supervised.state = ModuleState::kStarting;
  EXPECT_EQ(judge(signs).state, ModuleState::kRunning);
}

TEST(ModuleSigns, OfAStartingOrStoppedNodeSaySo) {
  ModuleSigns signs = serving();
  signs.node = NodePhase::kStarting;
  EXPECT_EQ(judge(signs).state, ModuleState::kStarting);
  signs.node = NodePhase::kStopped;
  EXPECT_EQ(judge(signs).state, ModuleState::kStopped);
  EXPECT_EQ(judge(signs).reason, "the node has stopped");
}

TEST(ModuleSigns, DegradeAModuleOneOfWhoseTablesFailed) {
  ModuleSigns signs = serving();
  signs.tables = {TableState(), failed_table()};
  EXPECT_EQ(judge(signs).state, ModuleState::kDegraded);
  EXPECT_EQ(judge(signs).reason, "table stopped at position 7");
}

TEST(ModuleSigns, DegradeAModuleOneOfWhoseTablesLeavesOutStreams) {
  ModuleSigns signs = serving();
  TableState table;
  table.name = "mod_main_notices";
  table.parked = 3;
  signs.tables = {table};
  EXPECT_EQ(judge(signs).state, ModuleState::kDegraded);
  EXPECT_EQ(judge(signs).reason,
            "table mod_main_notices leaves out 3 streams; see: mtctl parked list mod_main_notices");
}

TEST(ModuleSigns, DegradeAModuleWhoseLogTakesNoMore) {
  ModuleSigns signs = serving();
  signs.writer_stopped = "disk full";
  EXPECT_EQ(judge(signs).state, ModuleState::kDegraded);
  EXPECT_EQ(judge(signs).reason, "disk full");
}

TEST(ModuleSigns, FailAModuleWhoseTablesFollowItsLogNoMore) {
  ModuleSigns signs = serving();
  signs.tables_stopped = "log damaged at position 3";
  EXPECT_EQ(judge(signs).state, ModuleState::kFailed);
}

TEST(ModuleSigns, GiveTheWorstStateAndAllReasons) {
  ModuleSigns signs = serving();
  signs.supervised.state = ModuleState::kStopped;
  signs.supervised.reason = "threw too often";
  signs.tables = {failed_table()};
  signs.writer_stopped = "disk full";
  EXPECT_EQ(judge(signs).state, ModuleState::kStopped);
  EXPECT_EQ(judge(signs).reason, "threw too often; table stopped at position 7; disk full");
}

}  // namespace
}  // namespace mt
