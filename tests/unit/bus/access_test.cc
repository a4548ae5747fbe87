#include "bus/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/proto/bus_methods.pb.h"
#include "tests/unit/bus/parsed.h"

namespace mt::tests::bus {
namespace {

using google::protobuf::MethodDescriptor;

const MethodDescriptor& method(const char* service, const char* name) {
  const auto* const file = Scope::descriptor()->file();
  return *file->FindServiceByName(service)->FindMethodByName(name);
}

Access access(const char* name) { return *Access::compile(method("AccessService", name)); }

Caller account(std::vector<RoleGrant> roles) { return {Caller::Kind::kAccount, "ada", roles}; }

TEST(Access, AdmitsAnyoneWhereAnyoneMayCall) {
  EXPECT_TRUE(access("Anyone").is_for_anyone());
  EXPECT_FALSE(access("SignedIn").is_for_anyone());
  EXPECT_TRUE(access("Anyone").admit(Caller::anonymous()));
  EXPECT_TRUE(access("Anyone").authorise(Caller::anonymous(), Scope()));
}

TEST(Access, TurnsTheAnonymousAwayBeforeTheRequestIsRead) {
  for (const char* name : {"SignedIn", "AdminOfOrg", "UserOfProject", "Superadmin"}) {
    const auto admitted = access(name).admit(Caller::anonymous());
    ASSERT_FALSE(admitted) << name;
    EXPECT_EQ(admitted.error().code, Code::kUnauthenticated);
    EXPECT_THAT(admitted.error().message,
                testing::HasSubstr("mt.tests.bus.AccessService/" + std::string(name)));
  }
}

TEST(Access, AdmitsWhoeverIsKnown) {
  for (const char* name : {"SignedIn", "AdminOfOrg", "Superadmin"})
    for (const Caller& caller : {account({}), Caller::operator_here(), Caller::system()})
      EXPECT_TRUE(access(name).admit(caller)) << name;
  EXPECT_TRUE(access("SignedIn").authorise(account({}), Scope()));
}

TEST(Access, OperatorAndSystemMayDoAll) {
  for (const Caller& caller : {Caller::operator_here(), Caller::system()})
    for (const char* name : {"AdminOfOrg", "UserOfProject", "UserOfProjectAlone", "Superadmin"})
      EXPECT_TRUE(access(name).authorise(caller, Scope())) << name;
}

struct Case {
  const char* method;
  RoleGrant grant;
  const char* request;
  bool allowed;
};

constexpr auto kGuest = Role::ROLE_GUEST;
constexpr auto kUser = Role::ROLE_USER;
constexpr auto kAdmin = Role::ROLE_ADMIN;
constexpr auto kSuper = Role::ROLE_SUPERADMIN;

TEST(Access, GivesARoleWithinItsScopeOnly) {
  const Case cases[] = {
      {"AdminOfOrg", {kAdmin, "a", ""}, "org_id: 'a'", true},
      {"AdminOfOrg", {kSuper, "a", ""}, "org_id: 'a'", true},
      {"AdminOfOrg", {kUser, "a", ""}, "org_id: 'a'", false},
      {"AdminOfOrg", {kAdmin, "b", ""}, "org_id: 'a'", false},
      {"AdminOfOrg", {kAdmin, "a", "p"}, "org_id: 'a'", false},
      {"AdminOfOrg", {kAdmin, "", ""}, "org_id: 'a'", true},
      {"AdminOfOrg", {kAdmin, "a", ""}, "", false},  // all organisations are asked for
      {"AdminOfOrg", {kAdmin, "", ""}, "", true},
      {"AdminOfOrg", {kAdmin, "a", ""}, "org_id: 'A'", false},
      {"UserOfProject", {kUser, "a", "p"}, "org_id: 'a' project_id: 'p'", true},
      {"UserOfProject", {kUser, "a", ""}, "org_id: 'a' project_id: 'p'", true},
      {"UserOfProject", {kUser, "", ""}, "org_id: 'a' project_id: 'p'", true},
      {"UserOfProject", {kAdmin, "a", "p"}, "org_id: 'a' project_id: 'p'", true},
      {"UserOfProject", {kGuest, "a", "p"}, "org_id: 'a' project_id: 'p'", false},
      {"UserOfProject", {kUser, "a", "q"}, "org_id: 'a' project_id: 'p'", false},
      {"UserOfProject", {kUser, "b", "p"}, "org_id: 'a' project_id: 'p'", false},
      {"UserOfProject", {kUser, "a", "p"}, "org_id: 'a'", false},
      // Whoever leaves the organisation open asks for all, whatever project is named.
      {"UserOfProject", {kUser, "a", "p"}, "project_id: 'p'", false},
      {"UserOfProject", {kUser, "", ""}, "project_id: 'p'", true},
      {"UserOfProjectAlone", {kUser, "a", "p"}, "project_id: 'p'", true},
      {"UserOfProjectAlone", {kUser, "a", ""}, "project_id: 'p'", false},
      {"UserOfProjectAlone", {kUser, "a", "p"}, "", false},
      {"Superadmin", {kSuper, "", ""}, "org_id: 'a'", true},
      {"Superadmin", {kSuper, "a", ""}, "org_id: 'a'", false},
      {"Superadmin", {kAdmin, "", ""}, "", false},
  };
  for (const Case& c : cases) {
    const auto outcome = access(c.method).authorise(account({c.grant}), parsed<Scope>(c.request));
    EXPECT_EQ(outcome.has_value(), c.allowed)
        << c.method << " " << c.request << " with " << Role_Name(c.grant.role) << " in '"
        << c.grant.org_id << "', '" << c.grant.project_id << "'";
    if (!outcome) {
      EXPECT_EQ(outcome.error().code, Code::kPermissionDenied);
    }
  }
}

TEST(Access, CountsTheBestOfSeveralGrants) {
  const Caller caller = account({{kGuest, "a", ""}, {kAdmin, "b", ""}, {kAdmin, "a", ""}});
  EXPECT_TRUE(access("AdminOfOrg").authorise(caller, parsed<Scope>("org_id: 'a'")));
}

TEST(Access, SaysWhichRoleInWhichScopeIsNeeded) {
  const auto says = [](const char* name, const char* request) {
    return access(name).authorise(account({}), parsed<Scope>(request)).error().message;
  };
  EXPECT_EQ(says("AdminOfOrg", "org_id: 'a'"),
            "mt.tests.bus.AccessService/AdminOfOrg needs the role admin in organisation 'a'");
  EXPECT_EQ(says("UserOfProject", "org_id: 'a' project_id: 'p'"),
            "mt.tests.bus.AccessService/UserOfProject needs the role user in project 'p' of "
            "organisation 'a'");
  EXPECT_EQ(says("UserOfProjectAlone", "project_id: 'p'"),
            "mt.tests.bus.AccessService/UserOfProjectAlone needs the role user in project 'p'");
  EXPECT_EQ(says("Superadmin", ""),
            "mt.tests.bus.AccessService/Superadmin needs the role superadmin everywhere");
}

struct Mistake {
  const char* method;
  const char* says;
};

TEST(Access, RefusesOptionsThatSayNothing) {
  const Mistake mistakes[] = {
      {"NoOptions", "no access option"},
      {"NoAccess", "no access option"},
      {"AnyoneFalse", "access option 'anyone' must be true"},
      {"SignedInFalse", "access option 'signed_in' must be true"},
      {"RoleWithoutLevel", "access option 'role' lacks at_least"},
      {"OrgFieldMissing",
       "access option org_field names 'organisation', but mt.tests.bus.Scope has"},
      {"OrgFieldRepeated",
       "access option org_field names 'org_ids', but mt.tests.bus.Scope has no"},
      {"ProjectFieldNumber", "access option project_field names 'number'"},
  };
  for (const auto& [name, says] : mistakes) {
    const auto compiled = Access::compile(method("BrokenService", name));
    ASSERT_FALSE(compiled) << name;
    EXPECT_EQ(compiled.error().code, Code::kFailedPrecondition);
    EXPECT_THAT(compiled.error().message,
                testing::StartsWith("method mt.tests.bus.BrokenService." + std::string(name)));
    EXPECT_THAT(compiled.error().message, testing::HasSubstr(says));
  }
}

TEST(Caller, IsNamedInTheLogByWhoItIs) {
  EXPECT_EQ(Caller::anonymous().actor(), "anonymous");
  EXPECT_EQ(account({}).actor(), "ada");
  EXPECT_EQ(Caller::operator_here().actor(), "operator");
  EXPECT_EQ(Caller::system().actor(), "system");
}

TEST(Caller, IsSuperadminOnlyEverywhere) {
  EXPECT_TRUE(account({{kSuper, "", ""}}).is_superadmin());
  EXPECT_FALSE(account({{kSuper, "a", ""}}).is_superadmin());
  EXPECT_FALSE(account({{kAdmin, "", ""}}).is_superadmin());
  EXPECT_TRUE(Caller::operator_here().is_superadmin());
  EXPECT_FALSE(Caller::anonymous().is_superadmin());
}

}  // namespace
}  // namespace mt::tests::bus
