#include "modules/sys_timespace/server/fold.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace mt::sys_timespace {
namespace {

TEST(Fold, BringsNamesToWhatPeopleType) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"Berlin", "berlin"},
      {"SÃO PAULO", "sao paulo"},
      {"Łódź", "lodz"},
      {"Straße", "strasse"},
      {"STRASSE", "strasse"},
      {"Ærøskøbing", "aeroskobing"},
      {"Þingvellir", "thingvellir"},
      {"Đà Nẵng", "da nang"},
      {"İstanbul", "istanbul"},
      {"Isparta", "isparta"},
      {"Iğdır", "igdir"},
      {"Kraków", "krakow"},
      {"Ḥaifa", "haifa"},
      {"Şəki", "seki"},
      {"Qal‘eh-ye Now", "qal'eh-ye now"},
      {"Saint–Denis", "saint-denis"},
      {"Αθήνα", "αθηνα"},
      {"Київ", "киів"},
      {"東京", "東京"},
      {"ﬁord", "fiord"},
      {"Ｔｏｋｙｏ", "tokyo"},
  };
  for (const auto& [name, folded] : cases) EXPECT_EQ(fold(name), folded) << name;
}

TEST(Fold, MakesOneOfWhatUnicodeWritesInTwoWays) {
  EXPECT_EQ(fold("Zu\u0308rich"), fold("Z\u00fcrich"));
  EXPECT_EQ(fold("A\u030angstro\u0308m"), fold("\u212bngstr\u00f6m"));
}

TEST(Fold, KeepsOneSpaceOfAny) {
  EXPECT_EQ(fold("  New \t  York"), "new york");
  EXPECT_EQ(fold("\u00a0São\u3000\u2009Paulo"), "sao paulo");
  EXPECT_EQ(fold("san "), "san ") << "it is the beginning of San José, and not of Sandviken";
}

TEST(Fold, DropsWhatIsNotSeen) {
  EXPECT_EQ(fold("Ber\u00adlin"), "berlin");
  EXPECT_EQ(fold("Ber\u200dlin"), "berlin");
}

TEST(Fold, LeavesNothingOfWhatCannotBeSearchedFor) {
  for (const std::string text : {"", "   ", "\t\n", "\u0301", "\u00ad", "\u00a0\u3000"}) {
    EXPECT_EQ(fold(text), "") << testing::PrintToString(text);
  }
}

TEST(Fold, KeepsMarksThatMakeAnotherSyllable) {
  EXPECT_NE(fold("कि"), fold("क"));
  EXPECT_NE(fold("ท่า"), fold("ทา"));
}

TEST(Fold, HoldsNoZeroByte) {
  EXPECT_EQ(fold(std::string("a\0b", 3)), "a b");
  EXPECT_EQ(fold(std::string("ä\0b", 4)), "a b");
}

TEST(Fold, ChangesNothingOfWhatIsFolded) {
  for (const std::string name : {"Łódź", "Αθήνα", "Đà Nẵng", "  New   York ", "서울", "कि"}) {
    EXPECT_EQ(fold(fold(name)), fold(name)) << name;
  }
}

}  // namespace
}  // namespace mt::sys_timespace
