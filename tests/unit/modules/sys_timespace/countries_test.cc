#include "modules/sys_timespace/server/countries.h"

#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

#include "events/memory/memory_kv.h"
#include "tests/fixture/faulty_kv.h"
#include "tests/fixture/folded.h"

namespace mt::sys_timespace {
namespace {

using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

v1::CountryEvent registered(const std::string& english,
                            const std::map<std::string, std::string>& names = {}) {
  v1::CountryEvent event;
  event.mutable_registered()->set_alpha3("XYZ");
  event.mutable_registered()->set_numeric("007");
  event.mutable_registered()->set_name(english);
  event.mutable_registered()->set_official_name("Republic of " + english);
  event.mutable_registered()->set_flag("🏳");
  for (const auto& [language, name] : names) {
    v1::LocalizedName& localized = *event.mutable_registered()->add_names();
    localized.set_language(language);
    localized.set_name(name);
  }
  return event;
}

// Both tables of countries.
class World {
 public:
  void add(const std::string& code, const v1::CountryEvent& event) {
    countries_.apply("country", code, event);
    names_.apply("country", code, event);
  }

  std::string name_of(const std::string& code, const std::string& language,
                      const std::string& fallback = "en") const {
    const auto kv = names_.read();
    return CountryNamer(names_.projection(), *kv, language, fallback).name_of(code);
  }
  Result<v1::GetCountryResponse> get(const std::string& code, const std::string& language) const {
    return get(code, language, *names_.read());
  }
  Result<v1::GetCountryResponse> get(const std::string& code, const std::string& language,
                                     const KvReader& names) const {
    CountryNamer namer(names_.projection(), names, language, "en");
    v1::GetCountryRequest request;
    request.set_country_code(code);
    return countries_->get(request, *countries_.read(), namer);
  }
  Result<v1::ListCountriesResponse> list(const v1::ListCountriesRequest& request) const {
    const auto kv = names_.read();
    CountryNamer namer(names_.projection(), *kv, request.language(), "en");
    return countries_->list(request, *countries_.read(), namer);
  }

 private:
  test::Folded<Countries> countries_;
  test::Folded<CountryNames> names_;
};

TEST(Countries, AreNamedInTheAskedLanguageOrTheNearestThatHasAName) {
  World world;
  world.add("DE", registered("Germany",
                             {{"de", "Deutschland"}, {"pt", "Alemanha"}, {"fr", "Allemagne"}}));
  EXPECT_EQ(world.name_of("DE", "de"), "Deutschland");
  EXPECT_EQ(world.name_of("DE", "de-AT"), "Deutschland");
  EXPECT_EQ(world.name_of("DE", "pt_BR"), "Alemanha");
  EXPECT_EQ(world.name_of("DE", "en"), "Germany");
  EXPECT_EQ(world.name_of("DE", "sw"), "Germany");
  EXPECT_EQ(world.name_of("DE", "sw", "fr-CA"), "Allemagne");
  EXPECT_EQ(world.name_of("DE", "", "fr"), "Allemagne");
  EXPECT_EQ(world.name_of("DE", "", "sw"), "Germany");
  EXPECT_EQ(world.name_of("AT", "de"), "") << "it is not registered";
}

TEST(Countries, AreShownWithAllTheirNames) {
  World world;
  world.add("DE", registered("Germany", {{"de", "Deutschland"}, {"pt-BR", "Alemanha"}}));
  world.add("DK", registered("Denmark", {{"da", "Danmark"}}));
  const auto response = world.get("DE", "de");
  ASSERT_TRUE(response) << response.error().message;
  const v1::Country& country = response->country();
  EXPECT_EQ(country.country_code(), "DE");
  EXPECT_EQ(country.alpha3(), "XYZ");
  EXPECT_EQ(country.numeric(), "007");
  EXPECT_EQ(country.name(), "Deutschland");
  EXPECT_EQ(country.official_name(), "Republic of Germany");
  EXPECT_EQ(country.flag(), "🏳");
  EXPECT_THAT(country.names(),
              UnorderedElementsAre(Pair("de", "Deutschland"), Pair("en", "Germany"),
                                   Pair("pt-BR", "Alemanha")));
}

TEST(Countries, HoldAsManyNamesAsARegistrationMayHave) {
  std::map<std::string, std::string> names;
  for (char a = 'a'; a <= 'z' && names.size() < 400; ++a) {
    for (char b = 'a'; b <= 'z' && names.size() < 400; ++b) names[{'q', a, b}] = "Name";
  }
  World world;
  world.add("DE", registered("Germany", names));
  EXPECT_EQ(world.get("DE", "en")->country().names_size(), 401);
}

TEST(Countries, AreNotFoundBeforeTheyAreRegistered) {
  const auto response = World().get("XX", "en");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Code::kNotFound);
  EXPECT_NE(response.error().message.find("XX"), std::string::npos);
}

std::vector<std::string> names_in(const v1::ListCountriesResponse& response) {
  std::vector<std::string> names;
  for (const v1::Country& country : response.countries()) names.push_back(country.name());
  return names;
}

TEST(Countries, ArePagedByCodeWhileOthersAreAdded) {
  World world;
  world.add("DK", registered("Denmark", {{"da", "Danmark"}}));
  world.add("AT", registered("Austria"));
  world.add("DE", registered("Germany", {{"da", "Tyskland"}}));
  v1::ListCountriesRequest request;
  request.set_page_size(2);
  request.set_language("da");
  const auto first = world.list(request);
  EXPECT_THAT(names_in(*first), ElementsAre("Austria", "Tyskland"));
  world.add("AL", registered("Albania"));
  world.add("DJ", registered("Djibouti"));
  request.set_page_token(first->next_page_token());
  const auto second = world.list(request);
  EXPECT_THAT(names_in(*second), ElementsAre("Djibouti", "Danmark"));
  EXPECT_EQ(second->next_page_token(), "");
  EXPECT_EQ(second->countries(0).names_size(), 0) << "a list does not tell all names";
}

TEST(Countries, RefuseAPageTokenThatIsNone) {
  v1::ListCountriesRequest request;
  request.set_page_token("bm8gdG9rZW4");
  EXPECT_EQ(World().list(request).error().violations.at(0).field, "page_token");
}

// A damaged page below a query once ended the process.
TEST(Countries, ThatCannotBeReadAreAnError) {
  World world;
  world.add("DE", registered("Germany"));
  MemoryKv memory;
  test::FaultyKv damaged(memory);
  damaged.set_fault(data_loss("a page is damaged"));
  const auto answer = world.get("DE", "de", *damaged.read());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), data_loss("a page is damaged"));
}

}  // namespace
}  // namespace mt::sys_timespace
