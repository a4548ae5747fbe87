// A reactor over the log of all the world's cities: each is answered with one effect, through kill
// -9 and without the tables, and an operator sees, retries, drops and pauses.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <set>
#include <string>
#include <thread>

#include "sys/core/v1/core.pb.h"
#include "sys/core/v1/reactors.pb.h"
#include "tests/scenario/city_import.h"
#include "tests/scenario/container.h"

namespace mt::test {
namespace {

namespace core = ::sys::core::v1;

Client client_of(const Container& container) {
  return Client::connect("unix:" + container.socket().string());
}

core::GetReactorResponse shown(const Client& client) {
  core::GetReactorRequest request;
  request.set_module("test_visits");
  request.set_name("visit");
  const auto response =
      client.call<core::GetReactorResponse>("sys.core.v1.ReactorService/GetReactor", request);
  EXPECT_TRUE(response) << response.error().message;
  return response ? *response : core::GetReactorResponse();
}

core::GetReactorResponse wait(const Container& container,
                              const std::function<bool(const core::Reactor&)>& holds) {
  const Client client = client_of(container);
  for (;;) {
    core::GetReactorResponse now = shown(client);
    if (holds(now.reactor()) || testing::Test::HasFailure()) return now;
    std::this_thread::yield();
  }
}

core::GetReactorResponse settled(const Container& container, std::size_t places) {
  return wait(container, [&](const core::Reactor& now) {
    return now.checkpoint() >= places && now.lag() == 0 && now.catching_up() == 0;
  });
}

// The places that were visited; fails on one that was visited twice.
std::set<std::string> visited(const Container& container) {
  std::set<std::string> places;
  core::TailEventsRequest request;
  request.set_module("test_visits");
  request.set_from_position(1);
  const auto ended = client_of(container).watch<core::TailEventsResponse>(
      "sys.core.v1.EventService/TailEvents", request, [&](const core::TailEventsResponse& answer) {
        const std::string& stream = answer.event().stream();
        if (!stream.starts_with("visit/")) return true;
        EXPECT_TRUE(places.insert(stream).second) << stream << " was visited twice";
        return true;
      });
  EXPECT_TRUE(ended) << ended.error().message;
  return places;
}

void import_all(const Container& container, std::size_t count) {
  CityImport import(first_cities(count));
  const Client client = client_of(container);
  import.run(client, count);
  import.settle();
  ASSERT_TRUE(import.is_complete()) << import.refusal();
}

TEST(Reactors, HaveOneEffectForEachEventThroughKills) {
  constexpr int kRounds = 50;
  Container container({.program = "visiting"});
  CityImport import(first_cities(kAllCities));
  for (int round = 0; round < kRounds; ++round) {
    const Client client = client_of(container);
    import.run(client, kAllCities / (kRounds + 1));
    container.kill();
    import.settle();
    ASSERT_EQ(import.refusal(), "");
    if (round % 4 == 3) std::filesystem::remove_all(container.data() / "tables");
    container.start();
  }
  const Client client = client_of(container);
  import.run(client, kAllCities);
  import.settle();
  ASSERT_TRUE(import.is_complete()) << import.refusal();
  settled(container, kAllCities);
  EXPECT_EQ(visited(container).size(), kAllCities);
}

TEST(Reactors, AnswerALongLogAndDoNothingTwiceWithoutTables) {
  Container container({.program = "visiting"});
  ASSERT_EQ(
      container.mtctl({"reactor", "pause", "test_visits/visit", "--reason", "import"}).exit_code,
      0);
  import_all(container, kAllCities);
  EXPECT_EQ(visited(container).size(), 0u) << "a paused reactor sends nothing";
  container.kill();
  container.start();
  EXPECT_EQ(shown(client_of(container)).reactor().state(), "paused") << "across a restart";

  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(container.mtctl({"reactor", "resume", "test_visits/visit"}).exit_code, 0);
  settled(container, kAllCities);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::cout << "events answered a second: " << static_cast<double>(kAllCities) / took.count()
            << '\n';
  EXPECT_EQ(visited(container).size(), kAllCities);

  container.kill();
  std::filesystem::remove_all(container.data() / "tables");
  container.start();
  settled(container, kAllCities);
  EXPECT_EQ(visited(container).size(), kAllCities);
}

TEST(Reactors, ParkWhatFailsUntilAnOperatorMendsOrDropsIt) {
  constexpr std::size_t kFew = 2'000;
  const auto cities = first_cities(kFew);
  std::size_t hated = 0;
  const std::string country = cities.front().country_code();
  for (const auto& city : cities) hated += city.country_code() == country ? 1u : 0u;
  ASSERT_EQ(setenv("MT_NO_VISITS", country.c_str(), 1), 0);
  Container container({.program = "visiting"});
  import_all(container, kFew);
  const auto parked = settled(container, kFew);
  ASSERT_EQ(parked.reactor().parked(), hated);
  EXPECT_EQ(visited(container).size(), kFew - hated) << "all others are answered";
  const Finished list = container.mtctl({"reactor", "list"});
  EXPECT_NE(list.out.find("test_visits/visit  sys_timespace  running"), std::string::npos)
      << list.out;
  const Finished show = container.mtctl({"reactor", "show", "test_visits/visit"});
  EXPECT_NE(show.out.find("no visits to " + country), std::string::npos) << show.out;
  const Finished status = container.mtctl({"status"});
  EXPECT_NE((status.out + status.err).find("reactor test_visits/visit has parked"),
            std::string::npos)
      << status.out << status.err;

  const core::ReactorStream& first = parked.streams(0);
  const auto drop = [&](std::uint64_t position) {
    return container
        .mtctl({"reactor", "drop", "test_visits/visit", first.stream(), std::to_string(position),
                "--reason", "nobody goes there"})
        .exit_code;
  };
  EXPECT_EQ(drop(first.position() + 1), 5) << "another event than the one that waits";
  EXPECT_EQ(drop(first.position()), 0);
  ASSERT_EQ(unsetenv("MT_NO_VISITS"), 0);
  container.kill();
  container.start();
  EXPECT_EQ(container.mtctl({"reactor", "retry", "test_visits/visit", "place/none"}).exit_code, 3);
  ASSERT_EQ(container.mtctl({"reactor", "retry", "test_visits/visit", "--all"}).exit_code, 0);
  wait(container,
       [](const core::Reactor& now) { return now.parked() == 0 && now.catching_up() == 0; });
  EXPECT_EQ(visited(container).size(), kFew - 1) << "all but the one that was dropped";
}

}  // namespace
}  // namespace mt::test
