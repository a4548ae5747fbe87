#include "modules/sys_core/server/event_printer.h"

#include <gtest/gtest.h>

#include <string>

#include "events/event_codec.h"
#include "mod/main/v1/notices.pb.h"
#include "sys/accounts/v1/storage.pb.h"
#include "tests/fixture/given.h"

namespace mt::sys_core {
namespace {

using namespace test;
namespace accounts = ::sys::accounts::v1;
using NoticeEvent = ::mod::main::v1::NoticeEvent;

ModuleInfo notices() {
  ModuleInfo info;
  info.name = {"mod_main"};
  info.events = {NoticeEvent::descriptor()};
  return info;
}

ModuleInfo people() {
  ModuleInfo info;
  info.name = {"sys_accounts"};
  info.events = {accounts::AccountEvent::descriptor(), accounts::SuperadminsEvent::descriptor()};
  return info;
}

StoredEvent posted(const std::string& title = "Rehearsal") {
  NoticeEvent event;
  event.mutable_posted()->set_org_id("choir");
  event.mutable_posted()->set_title(title);
  return encode_event(event);
}

CommitRecord record_of(std::vector<StoredEvent> events) {
  CommitRecord record;
  record.first = {40};
  record.time = at_second(1'800'000'000);
  record.commit.stream = {"notice", "n1"};
  record.commit.expected = {6};
  record.commit.events = std::move(events);
  record.commit.command.id = {"c1"};
  record.commit.origin = {"ann", "", "r1", "mod_main:39"};
  return record;
}

std::string text_at(const v1::EventRecord& shown, const std::string& field) {
  const auto found = shown.payload().fields().find(field);
  return found == shown.payload().fields().end() ? "" : found->second.string_value();
}

TEST(EventPrinter, ShowsAnEventOfACommitInItsPlace) {
  StoredEvent second = posted("Concert");
  second.tags = {"org:choir"};
  const auto shown =
      EventPrinter(notices(), nullptr).print(record_of({posted(), std::move(second)}), 1);
  EXPECT_EQ(shown.module(), "mod_main");
  EXPECT_EQ(shown.position(), 41u);
  EXPECT_EQ(shown.stream(), "notice/n1");
  EXPECT_EQ(shown.version(), 8u);
  EXPECT_EQ(shown.type(), "NoticePosted");
  EXPECT_EQ(shown.schema(), 1u);
  EXPECT_EQ(shown.time().seconds(), 1'800'000'000);
  EXPECT_EQ(shown.actor(), "ann");
  EXPECT_EQ(shown.command_id(), "c1");
  EXPECT_EQ(shown.correlation(), "r1");
  EXPECT_EQ(shown.causation(), "mod_main:39");
  ASSERT_EQ(shown.tags_size(), 1);
  EXPECT_EQ(text_at(shown, "org_id"), "choir");
  EXPECT_EQ(text_at(shown, "title"), "Concert");
}

TEST(EventPrinter, ShowsAnEventThatThisBinaryDoesNotKnow) {
  StoredEvent event = posted();
  event.type = "NoticePinned";
  const auto shown = EventPrinter(notices(), nullptr).print(record_of({event}), 0);
  EXPECT_EQ(shown.type(), "NoticePinned");
  EXPECT_EQ(text_at(shown, "unreadable"), "this binary has no event NoticePinned");
}

TEST(EventPrinter, ShowsAnEventWhosePayloadIsDamaged) {
  StoredEvent event = posted();
  event.payload = "\xff\xff\xff";
  const auto shown = EventPrinter(notices(), nullptr).print(record_of({event}), 0);
  EXPECT_EQ(shown.type(), "NoticePosted");
  EXPECT_EQ(text_at(shown, "unreadable"), "the payload does not parse");
}

TEST(EventPrinter, ShowsAnEventInItsNewestSchema) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters.add("NoticePosted", 1, [](StoredEvent old) -> Result<StoredEvent> {
    StoredEvent event = posted("Lifted");
    event.schema = old.schema + 1;
    return event;
  }));
  const auto shown = EventPrinter(notices(), &upcasters).print(record_of({posted()}), 0);
  EXPECT_EQ(shown.schema(), 2u);
  EXPECT_EQ(text_at(shown, "title"), "Lifted");
}

TEST(EventPrinter, ShowsAnEventThatCannotBeLifted) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters.add("NoticePosted", 1, [](StoredEvent) -> Result<StoredEvent> {
    return data_loss("no way up");
  }));
  const auto shown = EventPrinter(notices(), &upcasters).print(record_of({posted()}), 0);
  EXPECT_EQ(shown.type(), "NoticePosted");
  EXPECT_EQ(shown.schema(), 1u);
  EXPECT_NE(text_at(shown, "unreadable").find("no way up"), std::string::npos);
}

// A system before this one gave the hashes of passwords to whoever could list accounts.
TEST(EventPrinter, ShowsNoSecrets) {
  accounts::AccountEvent registered;
  registered.mutable_registered()->set_email("ann@example.org");
  registered.mutable_registered()->set_password_hash("$argon2id$hash");
  accounts::SuperadminsEvent issued;
  issued.mutable_token_issued()->set_token_hash("abcdefgh");
  issued.mutable_token_issued()->set_expires_ns(5);
  const EventPrinter printer(people(), nullptr);
  const auto record = record_of({encode_event(registered), encode_event(issued)});
  const auto account = printer.print(record, 0);
  EXPECT_EQ(text_at(account, "email"), "ann@example.org");
  EXPECT_FALSE(account.payload().fields().contains("password_hash"));
  EXPECT_FALSE(mentions(account, "argon2id")) << "a search would tell it";
  const auto token = printer.print(record, 1);
  EXPECT_EQ(text_at(token, "expires_ns"), "5");
  EXPECT_FALSE(token.payload().fields().contains("token_hash"));
}

TEST(EventPrinter, FindsTextsInTypeStreamTagsAndPayload) {
  StoredEvent event = posted("Rehearsal at seven");
  event.tags = {"org:choir"};
  const auto shown = EventPrinter(notices(), nullptr).print(record_of({event}), 0);
  for (const char* text : {"NoticePosted", "notice/n1", "org:choir", "at seven", "title"}) {
    EXPECT_TRUE(mentions(shown, text)) << text;
  }
  for (const char* text : {"noticeposted", "n2", "at eight"}) {
    EXPECT_FALSE(mentions(shown, text)) << text;
  }
}

}  // namespace
}  // namespace mt::sys_core
