#include "ops/mtctl/core_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;
using testing::HasSubstr;

core::TableStatus table(const std::string& name, std::uint64_t lag) {
  core::TableStatus status;
  status.set_name(name);
  status.set_state("live");
  status.set_version(1);
  status.set_rows(135233);
  status.set_checkpoint(135482);
  status.set_lag(lag);
  return status;
}

TEST(CoreText, ShowsTheLargestLagOfAModule) {
  Repeated<core::ModuleStatus> modules;
  core::ModuleStatus& module = *modules.Add();
  module.set_name("sys_timespace");
  module.set_state("running");
  module.set_version("0.1.0");
  module.set_log_head(135482);
  *module.add_tables() = table("a", 3);
  *module.add_tables() = table("b", 1200);
  EXPECT_EQ(module_table(modules).text(0),
            "MODULE         STATE    VERSION  LOG HEAD  TABLES    LAG\n"
            "sys_timespace  running  0.1.0     135,482       2  1,200\n");
}

TEST(CoreText, ShowsTables) {
  Repeated<core::TableStatus> tables;
  *tables.Add() = table("sys_timespace_places", 0);
  EXPECT_EQ(table_table(tables).text(0),
            "TABLE                 STATE  VERSION     ROWS  CHECKPOINT  LAG  PARKED\n"
            "sys_timespace_places  live         1  135,233     135,482    0       0\n");
}

TEST(CoreText, SaysWhatToDoAboutAFailedTable) {
  Repeated<core::TableStatus> tables;
  *tables.Add() = table("a", 0);
  EXPECT_EQ(trouble_text(tables), "");
  tables[0].set_state("failed");
  tables[0].set_failure("position 7: no such stream");
  EXPECT_EQ(trouble_text(tables),
            "a is failed: position 7: no such stream\n"
            "  mend the cause, then: mtctl projection rebuild a\n");
}

TEST(CoreText, SaysWhyAModuleIsNotWell) {
  Repeated<core::ModuleStatus> modules;
  modules.Add()->set_name("mod_main");
  EXPECT_EQ(trouble_text(modules), "");
  modules[0].set_state("degraded");
  modules[0].set_reason("5 failures within a minute");
  EXPECT_EQ(trouble_text(modules), "mod_main is degraded: 5 failures within a minute\n");
}

TEST(CoreText, PutsAnEventOnOneLine) {
  core::EventRecord event;
  event.set_position(17);
  event.set_stream("notice/4f2");
  event.set_version(2);
  event.set_type("NoticeEdited");
  event.mutable_time()->set_seconds(1769851800);
  event.set_actor("operator");
  (*event.mutable_payload()->mutable_fields())["title"].set_string_value("one\ntwo");
  EXPECT_EQ(event_line(event),
            "      17  2026-01-31 09:30:00Z  NoticeEdited          notice/4f2@2  by operator  "
            R"({"title":"one\ntwo"})");
}

TEST(CoreText, LeavesATimeThatIsNotThereEmpty) {
  EXPECT_EQ(time_text(google::protobuf::Timestamp()), "");
}

TEST(CoreText, TellsOfABrokenSet) {
  Repeated<core::BootstrapSet> sets;
  core::BootstrapSet& set = *sets.Add();
  set.set_module("mod_main");
  set.set_name("demo");
  EXPECT_EQ(trouble_text(sets), "");
  set.set_broken("demo.ndjson:1: the file is empty");
  EXPECT_EQ(trouble_text(sets), "mod_main/demo is broken: demo.ndjson:1: the file is empty\n");
  EXPECT_THAT(set_table(sets).text(0), HasSubstr("broken"));
}

TEST(CoreText, TellsASetsNeeds) {
  Repeated<core::BootstrapSet> sets;
  core::BootstrapSet& set = *sets.Add();
  set.set_module("sys_timespace");
  set.set_name("cities");
  set.set_title("Cities");
  set.set_commands(135233);
  set.add_needs("sys_timespace/countries");
  EXPECT_THAT(set_table(sets).text(0),
              HasSubstr("sys_timespace/cities  Cities   135,233  no    no       "
                        "sys_timespace/countries\n"));
}

}  // namespace
}  // namespace mt::mtctl
