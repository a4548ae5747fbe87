#include "modules/sys_timespace/server/languages.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

namespace mt::sys_timespace {
namespace {

using testing::ElementsAre;

TEST(Languages, HaveOneFormWhetherWrittenAsTagOrAsLocale) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"de", "de"},
      {"DE", "de"},
      {"pt_BR", "pt-BR"},
      {"pt-br", "pt-BR"},
      {"es-419", "es-419"},
      {"sr@latin", "sr-Latn"},
      {"SR-LATN", "sr-Latn"},
      {"sr_RS@latin", "sr-Latn-RS"},
      {"zh-Hant-TW", "zh-Hant-TW"},
      {"kmr", "kmr"},
      {"ca@valencia", "ca"},
      {"de-1996", "de"},
  };
  for (const auto& [text, tag] : cases) EXPECT_EQ(language_tag(text), tag) << text;
}

TEST(Languages, AreRefusedWhenMalformed) {
  for (const std::string text :
       {"", "e", "engl", "d3", "-", "de-", "de--AT", "de-muchtoolong", "é"}) {
    EXPECT_EQ(language_tag(text), "") << text;
  }
}

TEST(Languages, AreTriedFromTheNarrowestToEnglish) {
  EXPECT_THAT(languages_to_try("pt-BR", "de-AT"), ElementsAre("pt-BR", "pt", "de-AT", "de", "en"));
  EXPECT_THAT(languages_to_try("sr_RS@latin", "en"),
              ElementsAre("sr-Latn-RS", "sr-RS", "sr-Latn", "sr", "en"));
}

TEST(Languages, AreTriedOnceEach) {
  EXPECT_THAT(languages_to_try("de", "de-DE"), ElementsAre("de", "de-DE", "en"));
  EXPECT_THAT(languages_to_try("en", "en"), ElementsAre("en"));
}

TEST(Languages, AreTriedByTheirOtherNamesToo) {
  EXPECT_THAT(languages_to_try("no", "en"), ElementsAre("no", "nb", "en"));
  EXPECT_THAT(languages_to_try("zh-Hant", "en"),
              ElementsAre("zh-Hant", "zh-TW", "zh", "zh-CN", "en"));
}

TEST(Languages, FallBackWhenWhatIsAskedIsNoLanguage) {
  EXPECT_THAT(languages_to_try("", "fr"), ElementsAre("fr", "en"));
  EXPECT_THAT(languages_to_try("__", "fr"), ElementsAre("fr", "en"));
  EXPECT_THAT(languages_to_try("", ""), ElementsAre("en"));
}

}  // namespace
}  // namespace mt::sys_timespace
