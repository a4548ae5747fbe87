#include "modules/sys_core/server/bootstrap_set.h"

#include <gtest/gtest.h>

#include <string>

#include "modules/sys_core/server/bootstrap_sets.h"
#include "tests/fixture/folded.h"

namespace mt::sys_core {
namespace {

using namespace test;

v1::BootstrapSetCommand record(const std::string& fingerprint) {
  v1::BootstrapSetCommand command;
  command.mutable_record_applied()->set_module("mod_main");
  command.mutable_record_applied()->set_set("demo");
  command.mutable_record_applied()->set_fingerprint(fingerprint);
  command.mutable_record_applied()->set_commands(3);
  return command;
}

v1::BootstrapSetEvent applied(const std::string& fingerprint) {
  v1::BootstrapSetEvent event;
  event.mutable_applied()->set_module("mod_main");
  event.mutable_applied()->set_set("demo");
  event.mutable_applied()->set_fingerprint(fingerprint);
  event.mutable_applied()->set_commands(3);
  return event;
}

TEST(BootstrapSet, RemembersTheFileThatIsIn) {
  const auto outcome = given<BootstrapSet>().when(record("f1"));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome.event().SerializeAsString(), applied("f1").SerializeAsString());
  outcome.reply<v1::RecordSetAppliedResponse>();
}

TEST(BootstrapSet, ChangesNothingForTheSameFile) {
  const auto outcome = given<BootstrapSet>({applied("f1")}).when(record("f1"));
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome.events().empty());
}

TEST(BootstrapSet, RemembersEachNewStateOfTheFile) {
  const auto twice = given<BootstrapSet>({applied("f1"), applied("f2")});
  EXPECT_EQ(twice.when(record("f1")).event().applied().fingerprint(), "f1");
  EXPECT_TRUE(twice.when(record("f2")).events().empty());
}

TEST(BootstrapSet, RefusesAnEmptyCommand) {
  EXPECT_EQ(given<BootstrapSet>().when({}).refusal(), Code::kInvalidArgument);
}

TEST(BootstrapSets, ShowWhatWasAppliedLastAndByWhom) {
  Folded<BootstrapSets> sets;
  sets.by("ann").apply("bootstrap_set", "mod_main.demo", applied("f1"));
  sets.by("operator")
      .at(at_second(1'800'000'000))
      .apply("bootstrap_set", "mod_main.demo", applied("f2"));
  const auto row = sets->find(*sets.read(), "mod_main", "demo");
  ASSERT_TRUE(row);
  EXPECT_EQ(row->fingerprint(), "f2");
  EXPECT_EQ(row->commands(), 3u);
  EXPECT_EQ(row->applied_by(), "operator");
  EXPECT_EQ(row->applied().seconds(), 1'800'000'000);
}

TEST(BootstrapSets, TellSetsApartByModuleAndName) {
  Folded<BootstrapSets> sets;
  sets.apply("bootstrap_set", "mod_main.demo", applied("f1"));
  EXPECT_FALSE(sets->find(*sets.read(), "mod_main", "dem"));
  EXPECT_FALSE(sets->find(*sets.read(), "mod", "maindemo"));
  EXPECT_FALSE(sets->find(*sets.read(), "sys_accounts", "demo"));
}

}  // namespace
}  // namespace mt::sys_core
