#include "modules/mod_main/server/notice.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/fixture/given.h"

namespace mt::mod_main {
namespace {

using namespace test;

v1::NoticeCommand post(const std::string& title = "Rehearsal") {
  v1::NoticeCommand command;
  command.mutable_post()->set_org_id("choir");
  command.mutable_post()->set_title(title);
  command.mutable_post()->set_text("At seven.");
  return command;
}

v1::NoticeCommand edit(const std::string& title, const std::string& org = "choir") {
  v1::NoticeCommand command;
  command.mutable_edit()->set_org_id(org);
  command.mutable_edit()->set_title(title);
  command.mutable_edit()->set_text("At seven.");
  return command;
}

v1::NoticeCommand withdraw(const std::string& org = "choir") {
  v1::NoticeCommand command;
  command.mutable_withdraw()->set_org_id(org);
  return command;
}

v1::NoticeEvent posted() {
  v1::NoticeEvent event;
  event.mutable_posted()->set_org_id("choir");
  event.mutable_posted()->set_title("Rehearsal");
  event.mutable_posted()->set_text("At seven.");
  return event;
}

v1::NoticeEvent edited(const std::string& title) {
  v1::NoticeEvent event;
  event.mutable_edited()->set_title(title);
  event.mutable_edited()->set_text("At seven.");
  return event;
}

v1::NoticeEvent withdrawn() {
  v1::NoticeEvent event;
  event.mutable_withdrawn();
  return event;
}

TEST(Notice, IsPostedAsItWasWritten) {
  const auto outcome = given<Notice>().named("n1").when(post());
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome.event().SerializeAsString(), posted().SerializeAsString());
  EXPECT_EQ(outcome.reply<v1::PostNoticeResponse>().notice_id(), "n1");
}

TEST(Notice, RefusesToBePostedTwice) {
  EXPECT_EQ(given<Notice>({posted()}).when(post("Other")).refusal(), Code::kAlreadyExists);
  EXPECT_EQ(given<Notice>({posted(), withdrawn()}).when(post()).refusal(), Code::kAlreadyExists);
}

TEST(Notice, IsEditedWhileItStands) {
  const auto outcome = given<Notice>({posted(), edited("Concert")}).when(edit("Party"));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome.event().SerializeAsString(), edited("Party").SerializeAsString());
  EXPECT_TRUE(given<Notice>({posted(), edited("Concert")}).when(edit("Rehearsal")));
}

TEST(Notice, ChangesNothingWhenItSaysSoAlready) {
  const auto outcome = given<Notice>({posted(), edited("Concert")}).when(edit("Concert"));
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome.events().empty());
  outcome.reply<v1::EditNoticeResponse>();
}

TEST(Notice, IsWithdrawnForGood) {
  const auto outcome = given<Notice>({posted()}).when(withdraw());
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome.event().has_withdrawn());
  outcome.reply<v1::WithdrawNoticeResponse>();
}

TEST(Notice, RefusesToBeEditedOrWithdrawnAfterItWasWithdrawn) {
  const auto gone = given<Notice>({posted(), withdrawn()});
  EXPECT_EQ(gone.when(edit("new")).refusal(), Code::kFailedPrecondition);
  EXPECT_EQ(gone.when(withdraw()).refusal(), Code::kFailedPrecondition);
}

// Otherwise an admin of any organisation could change the notices of all by naming their own.
TEST(Notice, DoesNotExistForAnotherOrganisation) {
  for (const auto& there : {given<Notice>({posted()}), given<Notice>({posted(), withdrawn()})}) {
    EXPECT_EQ(there.when(edit("new", "bees")).refusal(), Code::kNotFound);
    EXPECT_EQ(there.when(withdraw("bees")).refusal(), Code::kNotFound);
  }
}

TEST(Notice, RefusesToBeEditedOrWithdrawnBeforeItWasPosted) {
  EXPECT_EQ(given<Notice>().when(edit("new")).refusal(), Code::kNotFound);
  EXPECT_EQ(given<Notice>().when(withdraw()).refusal(), Code::kNotFound);
}

TEST(Notice, RefusesAnEmptyCommand) {
  EXPECT_EQ(given<Notice>({posted()}).when({}).refusal(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace mt::mod_main
