#include "modules/sys_timespace/server/country.h"

#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

#include "tests/fixture/given.h"

namespace mt::sys_timespace {
namespace {

using test::Given;
using test::reply_in;
using testing::ElementsAre;

v1::CountryCommand registration(const std::map<std::string, std::string>& names) {
  v1::CountryCommand command;
  v1::RegisterCountryRequest& request = *command.mutable_register_();
  request.set_country_code("DE");
  request.set_alpha3("DEU");
  request.set_numeric("276");
  request.set_name("Germany");
  request.set_official_name("Federal Republic of Germany");
  request.set_flag("🇩🇪");
  for (const auto& [language, name] : names) (*request.mutable_names())[language] = name;
  return command;
}

std::vector<std::string> languages(const v1::CountryRegistered& country) {
  std::vector<std::string> tags;
  for (const v1::LocalizedName& name : country.names()) tags.push_back(name.language());
  return tags;
}

TEST(Country, IsRegisteredWithItsNamesInTheOrderOfTheirTags) {
  const auto decided = Given<Country>("DE").when(registration({{"pt_BR", "Alemanha"},
                                                               {"fr", "Allemagne"},
                                                               {"sr@latin", "Nemačka"},
                                                               {"de", "Deutschland"}}));
  ASSERT_TRUE(decided) << decided.error().message;
  const v1::CountryRegistered& country = decided.event().registered();
  EXPECT_EQ(country.alpha3(), "DEU");
  EXPECT_EQ(country.numeric(), "276");
  EXPECT_EQ(country.name(), "Germany");
  EXPECT_EQ(country.official_name(), "Federal Republic of Germany");
  EXPECT_EQ(country.flag(), "🇩🇪");
  EXPECT_THAT(languages(country), ElementsAre("de", "fr", "pt-BR", "sr-Latn"));
  EXPECT_EQ(country.names(0).name(), "Deutschland");
  EXPECT_EQ(reply_in<v1::RegisterCountryResponse>(decided).country_code(), "DE");
}

TEST(Country, ChangesNothingWhenItIsRegisteredTheSameAgain) {
  const auto decided = Given<Country>("DE")
                           .done(registration({{"pt-BR", "Alemanha"}}))
                           .when(registration({{"pt_BR", "Alemanha"}}));
  ASSERT_TRUE(decided);
  EXPECT_TRUE(decided.events().empty());
}

TEST(Country, RefusesOtherDataUnderItsCode) {
  const auto decided =
      Given<Country>("DE").done(registration({})).when(registration({{"fr", "Allemagne"}}));
  EXPECT_EQ(decided.refusal(), Code::kAlreadyExists);
}

TEST(Country, RefusesNamesThatAreNoneOrInNoLanguage) {
  const std::vector<std::map<std::string, std::string>> cases{
      {{"x", "Germany"}},
      {{"en", "Germany"}},
      {{"de", ""}},
      {{"de", std::string(201, 'x')}},
      {{"pt-BR", "Alemanha"}, {"pt_BR", "Alemanha"}},
  };
  for (const auto& names : cases) {
    const auto decided = Given<Country>("DE").when(registration(names));
    EXPECT_EQ(decided.refusal(), Code::kInvalidArgument) << names.begin()->first;
    EXPECT_THAT(decided.refused_field(), testing::StartsWith("names[\""));
  }
  std::string longest;
  for (int i = 0; i < 200; ++i) longest += "ß";
  EXPECT_TRUE(Given<Country>("DE").when(registration({{"de", longest}})));
}

TEST(Country, RefusesAnEmptyCommand) {
  EXPECT_EQ(Given<Country>("DE").when({}).refusal(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace mt::sys_timespace
