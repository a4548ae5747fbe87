#include "modules/sys_accounts/server/orgs.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "modules/sys_accounts/server/projects.h"
#include "tests/fixture/folded.h"

namespace mt::sys_accounts {
namespace {

using namespace test;

v1::OrgEvent org_created(const std::string& name) {
  v1::OrgEvent event;
  event.mutable_created()->set_name(name);
  event.mutable_created()->set_contact("office@example.org");
  return event;
}

v1::ProjectEvent project_created(const std::string& org, const std::string& name) {
  v1::ProjectEvent event;
  event.mutable_created()->set_org_id(org);
  event.mutable_created()->set_name(name);
  return event;
}

TEST(Orgs, AreShownAsTheyWereCreated) {
  Folded<Orgs> orgs;
  orgs.apply("org", "choir", org_created("Harbour Choir"));
  v1::GetOrgRequest request;
  request.set_org_id("choir");
  const auto response = orgs->get(request, *orgs.read());
  ASSERT_TRUE(response);
  EXPECT_EQ(response->org().name(), "Harbour Choir");
  EXPECT_EQ(response->org().contact(), "office@example.org");
  EXPECT_EQ(response->org().created().seconds(), 1'700'000'000);
  request.set_org_id("nowhere");
  EXPECT_EQ(orgs->get(request, *orgs.read()).error().code, Code::kNotFound);
}

TEST(Orgs, AreFoundUnderTheirLastName) {
  Folded<Orgs> orgs;
  orgs.apply("org", "choir", org_created("Harbour Choir"));
  orgs.apply("org", "bees", org_created("Bees"));
  v1::OrgEvent renamed;
  renamed.mutable_renamed()->set_name("Anchor Singers");
  orgs.apply("org", "choir", renamed);
  const auto listed = orgs->list({}, *orgs.read());
  ASSERT_EQ(listed->orgs_size(), 2);
  EXPECT_EQ(listed->orgs(0).name(), "Anchor Singers");
  EXPECT_EQ(listed->orgs(0).contact(), "office@example.org") << "the rest stays";
}

TEST(Orgs, ArePagedByNameWhileOthersAreAdded) {
  Folded<Orgs> orgs;
  for (const std::string name : {"Bees", "anchors", "Dogs"})
    orgs.apply("org", name, org_created(name));
  v1::ListOrgsRequest request;
  request.set_page_size(2);
  const auto first = orgs->list(request, *orgs.read());
  ASSERT_EQ(first->orgs_size(), 2);
  EXPECT_EQ(first->orgs(0).name(), "anchors");
  EXPECT_EQ(first->orgs(1).name(), "Bees");
  orgs.apply("org", "Ants", org_created("Ants"));
  orgs.apply("org", "Cats", org_created("Cats"));
  request.set_page_token(first->next_page_token());
  const auto second = orgs->list(request, *orgs.read());
  ASSERT_EQ(second->orgs_size(), 2);
  EXPECT_EQ(second->orgs(0).name(), "Cats");
  EXPECT_EQ(second->orgs(1).name(), "Dogs");
  EXPECT_TRUE(second->next_page_token().empty());
}

// What sorts alike is told apart by its id: no page skips or repeats it.
TEST(Orgs, WhoseNamesBeginAlikeAreAllPaged) {
  Folded<Orgs> orgs;
  const std::string same(200, 'a');
  for (const char* id : {"o3", "o1", "o5", "o2", "o4"}) orgs.apply("org", id, org_created(same));
  std::vector<std::string> seen;
  v1::ListOrgsRequest request;
  request.set_page_size(2);
  do {
    const auto page = orgs->list(request, *orgs.read());
    ASSERT_TRUE(page);
    for (const auto& org : page->orgs()) seen.push_back(org.org_id());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, (std::vector<std::string>{"o1", "o2", "o3", "o4", "o5"}));
}

TEST(Orgs, AreAnEmptyPageWhenThereAreNone) {
  Folded<Orgs> orgs;
  const auto page = orgs->list({}, *orgs.read());
  ASSERT_TRUE(page);
  EXPECT_EQ(page->orgs_size(), 0);
  EXPECT_TRUE(page->next_page_token().empty());
}

TEST(Projects, AreListedByOrganisationAndName) {
  Folded<Projects> projects;
  projects.apply("project", "p1", project_created("choir", "Winter"));
  projects.apply("project", "p2", project_created("choir", "summer"));
  projects.apply("project", "p3", project_created("harbour", "Autumn"));
  projects.apply("project", "p4", project_created("choirs", "Autumn"));
  v1::ListProjectsRequest request;
  request.set_org_id("choir");
  const auto of_choir = projects->list(request, *projects.read());
  ASSERT_EQ(of_choir->projects_size(), 2);
  EXPECT_EQ(of_choir->projects(0).project_id(), "p2");
  EXPECT_EQ(of_choir->projects(1).project_id(), "p1");
  request.clear_org_id();
  EXPECT_EQ(projects->list(request, *projects.read())->projects_size(), 4);
}

TEST(Projects, AreShownOneByOne) {
  Folded<Projects> projects;
  projects.apply("project", "p1", project_created("choir", "Winter"));
  v1::GetProjectRequest request;
  request.set_project_id("p1");
  const auto response = projects->get(request, *projects.read());
  ASSERT_TRUE(response);
  EXPECT_EQ(response->project().org_id(), "choir");
  request.set_project_id("p9");
  EXPECT_EQ(projects->get(request, *projects.read()).error().code, Code::kNotFound);
}

}  // namespace
}  // namespace mt::sys_accounts
