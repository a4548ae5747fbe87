#include "modules/sys_accounts/server/org.h"

#include <gtest/gtest.h>

#include <string>

#include "modules/sys_accounts/server/project.h"
#include "tests/fixture/given.h"

namespace mt::sys_accounts {
namespace {

using namespace test;

v1::OrgCommand create_org(const std::string& name) {
  v1::OrgCommand command;
  command.mutable_create()->set_name(name);
  command.mutable_create()->set_contact("office@example.org");
  return command;
}

v1::ProjectCommand create_project(const std::string& org, const std::string& name) {
  v1::ProjectCommand command;
  command.mutable_create()->set_org_id(org);
  command.mutable_create()->set_name(name);
  return command;
}

TEST(Org, HoldsItsNameAmongAllOrganisations) {
  const auto decided = given<Org>().named("choir").when(create_org("Harbour  Choir"));
  ASSERT_TRUE(decided);
  ASSERT_EQ(decided->events.size(), 1u);
  EXPECT_EQ(decided->events[0].created().name(), "Harbour  Choir");
  EXPECT_EQ(decided->events[0].created().contact(), "office@example.org");
  EXPECT_EQ(decided->taken.at(0), (Claim{"org_name", "harbour choir"}));
  EXPECT_EQ(decided.reply<v1::CreateOrgResponse>().org_id(), "choir");
}

TEST(Org, IsCreatedOnce) {
  auto created = given<Org>().named("choir").done(create_org("Harbour Choir"));
  EXPECT_EQ(created.when(create_org("Harbour Choir")).refusal(), Code::kAlreadyExists);
}

v1::OrgCommand rename_org(const std::string& name) {
  v1::OrgCommand command;
  command.mutable_rename()->set_name(name);
  return command;
}

TEST(Org, FreesItsNameWhenItTakesAnother) {
  auto choir = given<Org>().named("choir").done(create_org("Harbour Choir"));
  const auto renamed = choir.when(rename_org("Quay Singers"));
  ASSERT_TRUE(renamed);
  ASSERT_EQ(renamed->events.size(), 1u);
  EXPECT_EQ(renamed->events[0].renamed().name(), "Quay Singers");
  EXPECT_EQ(renamed->released.at(0), (Claim{"org_name", "harbour choir"}));
  EXPECT_EQ(renamed->taken.at(0), (Claim{"org_name", "quay singers"}));
  auto singers = choir.done(rename_org("Quay Singers"));
  EXPECT_EQ(singers.when(rename_org("Choir"))->released.at(0), (Claim{"org_name", "quay singers"}));
}

TEST(Org, HoldsANameThatIsWrittenOtherwise) {
  auto choir = given<Org>().named("choir").done(create_org("Harbour Choir"));
  const auto renamed = choir.when(rename_org("HARBOUR  choir"));
  ASSERT_TRUE(renamed);
  EXPECT_EQ(renamed->events.size(), 1u);
  EXPECT_TRUE(renamed->taken.empty() && renamed->released.empty());
  EXPECT_TRUE(choir.when(rename_org("Harbour Choir"))->events.empty());
  EXPECT_EQ(choir.when(rename_org("two\nlines")).refusal(), Code::kInvalidArgument);
  EXPECT_EQ(given<Org>().named("none").when(rename_org("Name")).refusal(), Code::kNotFound);
}

TEST(Org, RefusesANameThatNobodyCanRead) {
  for (const std::string name : {"", "  ", "\t", "two\nlines", "bell\x07"}) {
    const auto decided = given<Org>().named("choir").when(create_org(name));
    ASSERT_FALSE(decided) << name;
    EXPECT_EQ(decided.refused_field(), "name");
  }
}

TEST(Project, HoldsItsNameWithinItsOrganisation) {
  const auto decided = given<Project>().named("tour").when(create_project("choir", "Summer Tour"));
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->events.at(0).created().org_id(), "choir");
  EXPECT_EQ(decided->taken.at(0), (Claim{"project_name", "choir/summer tour"}));
  EXPECT_EQ(decided.reply<v1::CreateProjectResponse>().project_id(), "tour");
}

TEST(Project, IsCreatedOnceAndReadably) {
  auto created = given<Project>().named("tour").done(create_project("choir", "Summer Tour"));
  EXPECT_EQ(created.when(create_project("choir", "Other")).refusal(), Code::kAlreadyExists);
  EXPECT_EQ(given<Project>().named("tour").when(create_project("choir", " ")).refusal(),
            Code::kInvalidArgument);
}

}  // namespace
}  // namespace mt::sys_accounts
