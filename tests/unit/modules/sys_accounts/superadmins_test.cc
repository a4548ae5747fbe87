#include "modules/sys_accounts/server/superadmins.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/fixture/given.h"

namespace mt::sys_accounts {
namespace {

using namespace test;

const std::string kHash(32, 'h');
const std::string kOtherHash(32, 'x');
constexpr std::int64_t kNow = 1'700'000'000;

v1::SuperadminsCommand set_token(const std::string& hash, std::int64_t expires_second) {
  v1::SuperadminsCommand command;
  command.mutable_set_token()->set_token_hash(hash);
  command.mutable_set_token()->set_expires_ns(expires_second * 1'000'000'000);
  return command;
}

v1::SuperadminsCommand check_token(const std::string& hash) {
  v1::SuperadminsCommand command;
  command.mutable_check_token()->set_token_hash(hash);
  return command;
}

v1::SuperadminsCommand redeem(const std::string& hash, const std::string& account_id) {
  v1::SuperadminsCommand command;
  command.mutable_redeem_token()->set_token_hash(hash);
  command.mutable_redeem_token()->set_account_id(account_id);
  return command;
}

v1::SuperadminsCommand appoint(const std::string& account_id) {
  v1::SuperadminsCommand command;
  command.mutable_appoint()->set_account_id(account_id);
  return command;
}

v1::SuperadminsCommand dismiss(const std::string& account_id) {
  v1::SuperadminsCommand command;
  command.mutable_dismiss()->set_account_id(account_id);
  return command;
}

Given<Superadmins> nobody() { return given<Superadmins>().named("all"); }

Given<Superadmins> with_token() {
  return nobody().done(set_token(kHash, kNow + 60)).by(Caller::anonymous());
}

Caller superadmin(const std::string& id) { return account(id, {{Role::ROLE_SUPERADMIN, "", ""}}); }

TEST(Superadmins, AppointTheFirstByTheToken) {
  const auto decided = with_token().when(redeem(kHash, "ann"));
  ASSERT_TRUE(decided);
  ASSERT_EQ(decided->events.size(), 2u);
  EXPECT_TRUE(decided->events[0].has_token_redeemed());
  EXPECT_EQ(decided->events[1].appointed().account_id(), "ann");
  EXPECT_EQ(decided.reply<v1::CreateFirstSuperadminResponse>().account_id(), "ann");
}

TEST(Superadmins, RedeemATokenOnce) {
  auto given = with_token();
  given.done(redeem(kHash, "ann"));
  EXPECT_EQ(given.when(redeem(kHash, "bob")).refusal(), Code::kFailedPrecondition);
  EXPECT_EQ(given.when(check_token(kHash)).refusal(), Code::kFailedPrecondition);
}

TEST(Superadmins, RefuseAWrongOrMissingToken) {
  EXPECT_EQ(with_token().when(redeem(kOtherHash, "ann")).refusal(), Code::kUnauthenticated);
  EXPECT_EQ(with_token().when(redeem("", "ann")).refusal(), Code::kUnauthenticated);
  EXPECT_EQ(with_token().when(redeem(kHash + "h", "ann")).refusal(), Code::kUnauthenticated);
  auto none = nobody();
  EXPECT_EQ(none.when(redeem("", "ann")).refusal(), Code::kUnauthenticated);
}

TEST(Superadmins, RefuseAnExpiredToken) {
  EXPECT_TRUE(with_token().at(at_second(kNow + 59)).when(check_token(kHash)));
  EXPECT_EQ(with_token().at(at_second(kNow + 60)).when(check_token(kHash)).refusal(),
            Code::kFailedPrecondition);
}

TEST(Superadmins, VoidATokenByANewerOne) {
  auto given = nobody();
  given.done(set_token(kHash, kNow + 60)).done(set_token(kOtherHash, kNow + 60));
  EXPECT_EQ(given.when(redeem(kHash, "ann")).refusal(), Code::kUnauthenticated);
  EXPECT_TRUE(given.when(redeem(kOtherHash, "ann")));
}

TEST(Superadmins, ChangeNothingByCheckingAToken) {
  const auto decided = with_token().when(check_token(kHash));
  ASSERT_TRUE(decided);
  EXPECT_TRUE(decided->events.empty());
}

TEST(Superadmins, IssueNoTokenOnceThereIsOne) {
  auto given = nobody();
  const auto decided = given.done(appoint("ann")).when(set_token(kHash, kNow + 60));
  EXPECT_EQ(decided.refusal(), Code::kFailedPrecondition);
}

TEST(Superadmins, MakeAnOutstandingTokenWorthlessByAnAppointment) {
  auto given = nobody();
  given.done(set_token(kHash, kNow + 60)).done(appoint("ann"));
  EXPECT_EQ(given.when(redeem(kHash, "bob")).refusal(), Code::kFailedPrecondition);
}

TEST(Superadmins, PutNoTokenIntoTheStoredReply) {
  auto given = nobody();
  const auto decided = given.when(set_token(kHash, kNow + 60));
  ASSERT_TRUE(decided);
  EXPECT_TRUE(decided.reply<v1::IssueSetupTokenResponse>().token().empty());
}

TEST(Superadmins, AreAppointedBySuperadminsOnly) {
  auto given = nobody();
  given.done(appoint("ann"));
  EXPECT_TRUE(given.by(superadmin("ann")).when(appoint("bob")));
  given.by(account("eve", {{Role::ROLE_ADMIN, "", ""}}));
  EXPECT_EQ(given.when(appoint("eve")).refusal(), Code::kPermissionDenied);
  EXPECT_EQ(given.when(dismiss("ann")).refusal(), Code::kPermissionDenied);
  EXPECT_EQ(given.when(set_token(kHash, kNow + 60)).refusal(), Code::kPermissionDenied);
}

TEST(Superadmins, AreNotAppointedTwice) {
  auto given = nobody();
  const auto decided = given.done(appoint("ann")).when(appoint("ann"));
  ASSERT_TRUE(decided);
  EXPECT_TRUE(decided->events.empty());
}

TEST(Superadmins, KeepTheLastOne) {
  auto given = nobody();
  given.done(appoint("ann")).done(appoint("bob")).done(dismiss("ann"));
  EXPECT_EQ(given.when(dismiss("bob")).refusal(), Code::kFailedPrecondition);
  EXPECT_EQ(given.by(superadmin("bob")).when(dismiss("bob")).refusal(), Code::kFailedPrecondition);
  EXPECT_EQ(given.when(dismiss("ann")).refusal(), Code::kNotFound);
}

}  // namespace
}  // namespace mt::sys_accounts
