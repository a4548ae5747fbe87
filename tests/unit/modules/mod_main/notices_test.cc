#include "modules/mod_main/server/notices.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/fixture/folded.h"

namespace mt::mod_main {
namespace {

using namespace test;
using Titles = std::vector<std::string>;

struct Board {
  Folded<Notices> notices;

  void post(const std::string& id, const std::string& title, const std::string& org = "choir") {
    v1::NoticeEvent event;
    event.mutable_posted()->set_org_id(org);
    event.mutable_posted()->set_title(title);
    event.mutable_posted()->set_text("text of " + title);
    notices.apply("notice", id, event);
  }
  void edit(const std::string& id, const std::string& title) {
    v1::NoticeEvent event;
    event.mutable_edited()->set_title(title);
    event.mutable_edited()->set_text("text of " + title);
    notices.apply("notice", id, event);
  }
  void withdraw(const std::string& id) {
    v1::NoticeEvent event;
    event.mutable_withdrawn();
    notices.apply("notice", id, event);
  }
  Result<v1::ListNoticesResponse> list(std::uint32_t size = 0, const std::string& token = "",
                                       const std::string& org = "choir",
                                       std::uint32_t default_size = 50) {
    v1::ListNoticesRequest request;
    request.set_org_id(org);
    request.set_page_size(size);
    request.set_page_token(token);
    return notices->list(request, *notices.read(), default_size);
  }
};

Titles titles(const Result<v1::ListNoticesResponse>& page) {
  Titles all;
  for (const auto& row : page->notices()) all.push_back(row.title());
  return all;
}

TEST(Notices, ShowWhatWasPostedByWhomAndWhen) {
  Board board;
  board.notices.by("ann").at(at_second(1'800'000'000));
  board.post("n1", "Rehearsal");
  const auto page = board.list();
  ASSERT_TRUE(page);
  ASSERT_EQ(page->notices_size(), 1);
  const v1::NoticeRow& row = page->notices(0);
  EXPECT_EQ(row.notice_id(), "n1");
  EXPECT_EQ(row.org_id(), "choir");
  EXPECT_EQ(row.title(), "Rehearsal");
  EXPECT_EQ(row.text(), "text of Rehearsal");
  EXPECT_EQ(row.author(), "ann");
  EXPECT_EQ(row.posted().seconds(), 1'800'000'000);
  EXPECT_FALSE(row.has_edited());
  EXPECT_EQ(row.position(), 1u);
}

TEST(Notices, ShowAnEditInThePlaceOfTheNotice) {
  Board board;
  board.notices.by("ann");
  board.post("n1", "Rehearsal");
  board.post("n2", "Concert");
  board.notices.by("bob").at(at_second(1'800'000'000));
  board.edit("n1", "Party");
  const auto page = board.list();
  EXPECT_EQ(titles(page), (Titles{"Concert", "Party"}));
  EXPECT_EQ(page->notices(1).text(), "text of Party");
  EXPECT_EQ(page->notices(1).author(), "ann");
  EXPECT_EQ(page->notices(1).posted().seconds(), 1'700'000'000);
  EXPECT_EQ(page->notices(1).edited().seconds(), 1'800'000'000);
}

TEST(Notices, ShowNothingThatWasWithdrawn) {
  Board board;
  board.post("n1", "Rehearsal");
  board.post("n2", "Concert");
  board.withdraw("n1");
  EXPECT_EQ(titles(board.list()), (Titles{"Concert"}));
}

TEST(Notices, AreListedNewestFirst) {
  Board board;
  for (const std::string title : {"a", "c", "b"}) board.post(title, title);
  EXPECT_EQ(titles(board.list()), (Titles{"b", "c", "a"}));
  EXPECT_TRUE(board.list()->next_page_token().empty());
}

// Many notices of one second: the list goes by positions, so none is skipped or shown twice.
TEST(Notices, ArePagedWhileOthersComeAndGo) {
  Board board;
  for (const std::string title : {"1", "2", "3", "4", "5"}) board.post(title, title);
  const auto first = board.list(2);
  EXPECT_EQ(titles(first), (Titles{"5", "4"}));
  board.post("6", "6");
  board.withdraw("4");
  board.edit("3", "three");
  const auto second = board.list(2, first->next_page_token());
  EXPECT_EQ(titles(second), (Titles{"three", "2"}));
  const auto third = board.list(2, second->next_page_token());
  EXPECT_EQ(titles(third), (Titles{"1"}));
  EXPECT_TRUE(third->next_page_token().empty());
}

TEST(Notices, TakeTheConfiguredPageSizeWhenARequestNamesNone) {
  Board board;
  for (const std::string title : {"1", "2", "3"}) board.post(title, title);
  EXPECT_EQ(board.list(0, "", "choir", 2)->notices_size(), 2);
  EXPECT_EQ(board.list(3, "", "choir", 2)->notices_size(), 3);
}

TEST(Notices, OfAnotherOrganisationAreNotShown) {
  Board board;
  board.post("n1", "Rehearsal");
  board.post("n2", "Honey", "bees");
  board.post("n3", "Concert", "choirs");
  EXPECT_EQ(titles(board.list()), (Titles{"Rehearsal"}));
  EXPECT_EQ(titles(board.list(0, "", "bees")), (Titles{"Honey"}));
  EXPECT_TRUE(titles(board.list(0, "", "nobody")).empty());
}

TEST(Notices, RefuseAPageTokenOfAnotherOrganisation) {
  Board board;
  board.post("n1", "Rehearsal");
  board.post("n2", "Concert");
  const auto first = board.list(1);
  ASSERT_FALSE(first->next_page_token().empty());
  const auto foreign = board.list(1, first->next_page_token(), "bees");
  EXPECT_EQ(foreign.error().code, Code::kInvalidArgument);
  EXPECT_EQ(board.list(1, "x" + first->next_page_token()).error().violations.at(0).field,
            "page_token");
}

TEST(Notices, AreFollowedByOrganisation) {
  Board board;
  const auto rows = board.notices->of_org("choir");
  v1::NoticeRow row;
  row.set_org_id("choir");
  EXPECT_TRUE(rows.table.is_in(rows.range, row));
  row.set_org_id("choir-2");
  EXPECT_FALSE(rows.table.is_in(rows.range, row));
}

}  // namespace
}  // namespace mt::mod_main
