#include <gtest/gtest.h>

#include <string>

#include "tests/unit/modules/sys_accounts/accounts_node.h"

namespace mt::sys_accounts {
namespace {

TEST(OrgService, CreatesOrganisationsForSuperadminsOnly) {
  AccountsNode node;
  const auto root = node.superadmin();
  EXPECT_EQ(node.create_org(nobody(), "choir", "Harbour Choir"), Code::kUnauthenticated);
  EXPECT_EQ(node.create_org(node.as("ann@example.org"), "choir", "Harbour Choir"),
            Code::kPermissionDenied);
  EXPECT_EQ(node.create_org(root, "choir", "Harbour Choir"), Code::kOk);
}

TEST(OrgService, GivesAnIdAndANameOnce) {
  AccountsNode node;
  const auto root = node.superadmin();
  ASSERT_EQ(node.create_org(root, "choir", "Harbour Choir"), Code::kOk);
  EXPECT_EQ(node.create_org(root, "choir", "Other"), Code::kAlreadyExists);
  EXPECT_EQ(node.create_org(root, "choir2", " harbour  CHOIR"), Code::kAlreadyExists);
  EXPECT_EQ(node.create_org(root, "Not An Id", "Other"), Code::kInvalidArgument);
  EXPECT_EQ(node.create_org(root, "bees", "two\nlines"), Code::kInvalidArgument);
}

TEST(OrgService, MakesAnIdAndAnswersARepeatWithIt) {
  AccountsNode node;
  v1::CreateOrgRequest request;
  request.set_name("Harbour Choir");
  const auto first = node.call<v1::CreateOrgResponse>("OrgService/CreateOrg", request, keyed("k"));
  const auto again = node.call<v1::CreateOrgResponse>("OrgService/CreateOrg", request, keyed("k"));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(first->org_id(), again->org_id());
  EXPECT_EQ(first->org_id().size(), 26u);
}

TEST(OrgService, ShowsOrganisationsToWhoIsSignedIn) {
  AccountsNode node;
  ASSERT_EQ(node.create_org({}, "choir", "Harbour Choir"), Code::kOk);
  v1::GetOrgRequest request;
  request.set_org_id("choir");
  EXPECT_EQ(node.refusal("OrgService/GetOrg", request, nobody()), Code::kUnauthenticated);
  const auto ann = node.as("ann@example.org");
  const auto got = node.call<v1::GetOrgResponse>("OrgService/GetOrg", request, ann);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->org().name(), "Harbour Choir");
  const auto listed =
      node.call<v1::ListOrgsResponse>("OrgService/ListOrgs", v1::ListOrgsRequest(), ann);
  EXPECT_EQ(listed->orgs_size(), 1);
  v1::ListOrgsRequest huge;
  huge.set_page_size(1001);
  EXPECT_EQ(node.refusal("OrgService/ListOrgs", huge, ann), Code::kInvalidArgument);
}

// A system before this one checked the rights on an organisation other than the one it then used.
TEST(ProjectService, CreatesProjectsForAdminsOfThatOrganisationOnly) {
  AccountsNode node;
  ASSERT_EQ(node.create_org({}, "choir", "Harbour Choir"), Code::kOk);
  ASSERT_EQ(node.create_org({}, "bees", "Bee Keepers"), Code::kOk);
  const auto ann = node.as("ann@example.org");
  ASSERT_EQ(node.grant({}, node.id_of(ann), Role::ROLE_ADMIN, "choir"), Code::kOk);
  EXPECT_EQ(node.create_project(ann, "tour", "bees", "Tour"), Code::kPermissionDenied);
  EXPECT_EQ(node.create_project(ann, "tour", "", "Tour"), Code::kInvalidArgument);
  EXPECT_EQ(node.create_project(ann, "tour", "choir", "Tour"), Code::kOk);
  EXPECT_EQ(node.create_project({}, "x", "nowhere", "X"), Code::kNotFound);

  const auto ben = node.as("ben@example.org");
  ASSERT_EQ(node.grant({}, node.id_of(ben), Role::ROLE_ADMIN, "choir", "tour"), Code::kOk);
  EXPECT_EQ(node.create_project(ben, "party", "choir", "Party"), Code::kPermissionDenied);
}

TEST(ProjectService, GivesANameOnceInEachOrganisation) {
  AccountsNode node;
  ASSERT_EQ(node.create_org({}, "choir", "Harbour Choir"), Code::kOk);
  ASSERT_EQ(node.create_org({}, "bees", "Bee Keepers"), Code::kOk);
  ASSERT_EQ(node.create_project({}, "p1", "choir", "Summer"), Code::kOk);
  EXPECT_EQ(node.create_project({}, "p2", "choir", "summer "), Code::kAlreadyExists);
  EXPECT_EQ(node.create_project({}, "p2", "bees", "Summer"), Code::kOk);
  EXPECT_EQ(node.create_project({}, "p1", "bees", "Winter"), Code::kAlreadyExists);
}

TEST(ProjectService, ShowsProjectsToWhoIsSignedInAlsoAfterARestart) {
  AccountsNode node;
  ASSERT_EQ(node.create_org({}, "choir", "Harbour Choir"), Code::kOk);
  ASSERT_EQ(node.create_project({}, "p1", "choir", "Summer"), Code::kOk);
  const auto ann = node.as("ann@example.org");
  node.restart();
  v1::GetProjectRequest one;
  one.set_project_id("p1");
  const auto got = node.call<v1::GetProjectResponse>("ProjectService/GetProject", one, ann);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->project().org_id(), "choir");
  v1::ListProjectsRequest list;
  list.set_org_id("choir");
  const auto listed = node.call<v1::ListProjectsResponse>("ProjectService/ListProjects", list, ann);
  EXPECT_EQ(listed->projects_size(), 1);
  EXPECT_EQ(node.refusal("ProjectService/ListProjects", list, nobody()), Code::kUnauthenticated);
}

}  // namespace
}  // namespace mt::sys_accounts
