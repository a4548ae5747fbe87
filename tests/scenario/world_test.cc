// What a person does first: load the world, ask it, kill it, ask again, rebuild, verify.
#include <gtest/gtest.h>

#include <string>

#include "tests/scenario/container.h"

namespace mt::test {
namespace {

constexpr std::string_view kFindNearest = "sys.timespace.v1.PlaceService/FindNearest";
constexpr std::string_view kFind = "sys.timespace.v1.PlaceService/Find";
constexpr std::chrono::minutes kImport{5};

std::string answer(const Container& container, std::string_view method, const std::string& json) {
  const Finished called = container.mtctl({"call", std::string(method), json});
  EXPECT_EQ(called.exit_code, 0) << called.err;
  return called.out;
}

std::string berlin_in(const Container& container, const std::string& language) {
  return answer(
      container, kFindNearest,
      R"({"latitude":52.52,"longitude":13.405,"page_size":3,"language":")" + language + R"("})");
}

void expect_holds(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << "no " << part << " in: " << text;
}

TEST(World, IsLoadedAskedKilledAndRebuilt) {
  Container container({.arguments = {"--demo"}});
  const std::string loaded = container.process().wait_for_line("demo loaded ", kImport);
  // The cities, the countries, and what the other demo sets hold.
  EXPECT_GT(std::stoi(value_in(loaded, "events")), 135'233 + 240) << loaded;
  EXPECT_NE(value_in(loaded, "seconds"), "") << loaded;

  const std::string german = berlin_in(container, "de");
  expect_holds(german, "\"Berlin\"");
  expect_holds(german, "\"Deutschland\"");
  expect_holds(berlin_in(container, "fr"), "\"Allemagne\"");
  const std::string prefix = R"({"name_prefix":"sao pau","country_code":"BR","page_size":2})";
  const std::string sao_paulo = answer(container, kFind, prefix);
  expect_holds(sao_paulo, "\"São Paulo\"");

  container.kill();
  container.start();
  EXPECT_EQ(berlin_in(container, "de"), german);
  EXPECT_EQ(answer(container, kFind, prefix), sao_paulo);
  const std::string again = container.process().wait_for_line("demo loaded ", kImport);
  EXPECT_EQ(value_in(again, "events"), "0") << again;

  const Finished rebuilt = container.mtctl({"projection", "rebuild", "sys_timespace_places"});
  EXPECT_EQ(rebuilt.exit_code, 0) << rebuilt.err;
  expect_holds(rebuilt.out, "135,233 rows");
  const Finished verified = container.mtctl({"projection", "verify", "--all"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  expect_holds(verified.out, "equal");
  EXPECT_EQ(berlin_in(container, "de"), german);
  container.stop();
}

TEST(World, HasItsStatusForPrograms) {
  Container container;
  const Finished status = container.mtctl({"status", "-o", "json"});
  ASSERT_EQ(status.exit_code, 0) << status.err;
  for (const char* key : {"\"modules\"", "\"name\"", "\"state\"", "\"version\"", "\"log_head\"",
                          "\"tables\"", "\"checkpoint\"", "\"lag\""}) {
    expect_holds(status.out, key);
  }
  for (const char* module : {"sys_core", "sys_accounts", "sys_timespace", "mod_main"}) {
    expect_holds(status.out, "\"" + std::string(module) + "\"");
  }
  container.stop();
}

TEST(World, OfSystemModulesAloneHasNoBusinessModule) {
  Container container({.program = "sys_main"});
  const Finished status = container.mtctl({"status", "-o", "json"});
  ASSERT_EQ(status.exit_code, 0) << status.err;
  expect_holds(status.out, "\"sys_timespace\"");
  EXPECT_EQ(status.out.find("mod_main"), std::string::npos) << status.out;
  container.stop();
}

}  // namespace
}  // namespace mt::test
