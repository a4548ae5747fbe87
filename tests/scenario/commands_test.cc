// Commands that are sent twice: all the world's cities, by two clients at once, through kill -9 and
// with tables that are folded anew (W10). One effect, one reply, and an operator who can see it.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>

#include "sys/core/v1/commands.pb.h"
#include "sys/core/v1/integrity.pb.h"
#include "tests/scenario/city_import.h"
#include "tests/scenario/container.h"

namespace mt::test {
namespace {

namespace core = ::sys::core::v1;

Client client_of(const Container& container) {
  return Client::connect("unix:" + container.socket().string());
}

// Both send the same commands with the same keys.
void run_both(const Client& client, const Client& another, CityImport& one, CityImport& other,
              std::size_t more) {
  std::thread beside([&] { other.run(another, more); });
  one.run(client, more);
  beside.join();
}

void settle_both(CityImport& one, CityImport& other) {
  one.settle();
  other.settle();
  EXPECT_EQ(one.refusal(), "");
  EXPECT_EQ(other.refusal(), "");
}

// Ends in the middle of the commands that are in flight. What is remembered comes from the log
// alone when the tables are gone too.
enum class Tables { kKept, kDeleted };

void kill_and_start(Container& container, Tables tables) {
  container.kill();
  if (tables == Tables::kDeleted) std::filesystem::remove_all(container.data() / "tables");
  container.start();
}

// One effect each, and the same bytes for both, in the same positions.
void expect_same_answers(const CityImport& one, const CityImport& other) {
  EXPECT_EQ(one.acknowledged(), other.acknowledged());
  EXPECT_EQ(one.replies(), other.replies());
}

std::uint64_t places_in_log(const Container& container) {
  core::GetAnchorsRequest request;
  request.add_modules("sys_timespace");
  const auto anchors = client_of(container).call<core::GetAnchorsResponse>(
      "sys.core.v1.IntegrityService/GetAnchors", request);
  return anchors && anchors->anchors_size() == 1 ? anchors->anchors(0).position() : 0;
}

Result<core::GetCommandResponse> command(const Container& container, const std::string& id) {
  core::GetCommandRequest request;
  request.set_module("sys_timespace");
  request.set_command_id(id);
  return client_of(container).call<core::GetCommandResponse>(
      "sys.core.v1.CommandService/GetCommand", request);
}

TEST(Commands, SentTwiceHaveOneEffectAndOneReply) {
  Container container;
  const auto cities = first_cities(kAllCities);
  CityImport one(cities);
  CityImport other(cities);
  // A container a time: each import is in the middle of its commands when the first two end.
  for (const Tables tables : {Tables::kKept, Tables::kDeleted}) {
    const Client client = client_of(container);
    const Client another = client_of(container);
    run_both(client, another, one, other, kAllCities / 3);
    kill_and_start(container, tables);
    settle_both(one, other);
  }
  const Client client = client_of(container);
  const Client another = client_of(container);
  run_both(client, another, one, other, cities.size());
  settle_both(one, other);
  ASSERT_TRUE(one.is_complete() && other.is_complete());
  expect_same_answers(one, other);
  EXPECT_EQ(places_in_log(container), cities.size());
}

TEST(Commands, AreRememberedByTheLogAlone) {
  Container container;
  const auto cities = first_cities(kAllCities);
  CityImport first(cities);
  const Client client = client_of(container);
  first.run(client, cities.size());
  first.settle();
  ASSERT_TRUE(first.is_complete()) << first.refusal();
  kill_and_start(container, Tables::kDeleted);
  CityImport again(cities);
  const Client later = client_of(container);
  again.run(later, cities.size());
  again.settle();
  EXPECT_TRUE(again.is_complete()) << again.refusal();
  expect_same_answers(first, again);
  EXPECT_EQ(places_in_log(container), cities.size());
}

TEST(Commands, AreShownWithTheDigestThatARefusalNames) {
  Container container;
  auto cities = first_cities(1);
  const std::string id = "import/" + cities[0].place_id();
  CityImport first(cities);
  const Client client = client_of(container);
  first.run(client, 1);
  first.settle();
  const auto shown = command(container, id);
  ASSERT_TRUE(shown) << shown.error().message;
  EXPECT_EQ(shown->last_position(), first.acknowledged()[cities[0].place_id()]);

  cities[0].set_latitude(cities[0].latitude() + 1);
  kill_and_start(container, Tables::kDeleted);
  CityImport another(cities);
  const Client later = client_of(container);
  another.run(later, 1);
  another.settle();
  EXPECT_NE(another.refusal().find(shown->request_digest()), std::string::npos)
      << another.refusal();

  const Finished table = container.mtctl({"commands", "show", "sys_timespace", id});
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_NE(table.out.find("digest      " + shown->request_digest()), std::string::npos)
      << table.out;
  const Finished json = container.mtctl({"-o", "json", "commands", "show", "sys_timespace", id});
  EXPECT_NE(json.out.find("\"request_digest\": \"" + shown->request_digest()), std::string::npos)
      << json.out;
  EXPECT_NE(container.mtctl({"commands", "show", "sys_timespace", "none"}).exit_code, 0);
}

}  // namespace
}  // namespace mt::test
