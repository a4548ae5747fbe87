#include "modules/sys_timespace/module.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "modules/sys_timespace/server/v1.h"

namespace mt::sys_timespace {
namespace {

Result<void> checked(const std::string& language) {
  v1::Config config;
  config.set_default_language(language);
  return sys_timespace().check_config()(config);
}

TEST(Module, TakesALanguageAsTheDefault) {
  for (const std::string language : {"en", "pt-BR", "sr@latin"}) EXPECT_TRUE(checked(language));
  for (const std::string no_language : {"", "english", "e"}) {
    const auto refused = checked(no_language);
    ASSERT_FALSE(refused) << no_language;
    EXPECT_EQ(refused.error().violations.at(0).field, "default_language");
  }
}

TEST(Module, HasADefaultThatItTakes) {
  const Module module = sys_timespace();
  EXPECT_TRUE(module.check_config()(*module.config()));
}

TEST(Module, KeepsItsTablesUnderItsName) {
  const Module module = sys_timespace();
  std::vector<std::string> tables;
  for (const auto& projection : module.projections()) {
    tables.push_back(projection->table().name());
  }
  EXPECT_THAT(tables,
              testing::UnorderedElementsAre("sys_timespace_places", "sys_timespace_countries",
                                            "sys_timespace_country_names"));
}

}  // namespace
}  // namespace mt::sys_timespace
