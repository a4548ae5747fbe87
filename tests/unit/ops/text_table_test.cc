#include "ops/mtctl/text_table.h"

#include <gtest/gtest.h>

namespace mt::mtctl {
namespace {

TextTable cities() {
  TextTable table({{"CITY"}, {"PEOPLE", Align::kRight}, {"COUNTRY"}});
  table.add({"Zürich", "341,730", "Schweiz"});
  table.add({"東京", "8,336,599", ""});
  return table;
}

TEST(TextTable, IsAsWideAsItsWidestCell) {
  EXPECT_EQ(cities().text(0),
            "CITY       PEOPLE  COUNTRY\n"
            "Zürich    341,730  Schweiz\n"
            "東京    8,336,599\n");
}

TEST(TextTable, IsCutToTheTerminal) {
  EXPECT_EQ(cities().text(20),
            "CITY       PEOPLE  …\n"
            "Zürich    341,730  …\n"
            "東京    8,336,599\n");
}

TEST(TextTable, HasHeadingsWithoutRows) {
  const TextTable table({{"A"}, {"B"}});
  EXPECT_TRUE(table.empty());
  EXPECT_EQ(table.text(0), "A  B\n");
}

TEST(TextTable, KeepsAValueOnItsLine) {
  TextTable table({{"A"}, {"B"}});
  table.add({"one\ntwo", "\x1b[2J"});
  EXPECT_EQ(table.text(0), "A         B\none\\ntwo  \\x1b[2J\n");
}

}  // namespace
}  // namespace mt::mtctl
