// kill -9 at random moments of an import and of rebuilds beside it, again and again on one data
// folder.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "sys/core/v1/core.pb.h"
#include "tests/scenario/city_import.h"
#include "tests/scenario/container.h"

namespace mt::test {
namespace {

namespace core = sys::core::v1;

constexpr int kRounds = 50;
constexpr std::size_t kCities = 12'000;

// MT_SEED repeats a run.
std::uint64_t seed() {
  const char* given = std::getenv("MT_SEED");
  const std::uint64_t seed = given != nullptr ? std::stoull(given) : std::random_device{}();
  std::cout << "MT_SEED=" << seed << '\n';
  return seed;
}

Client operator_of(const Container& container) {
  return Client::connect("unix:" + container.socket().string());
}

// The import's places in the log: stream id to position. Fails on a gap, a doubled place, or a
// stream with more than its one event.
std::map<std::string, std::uint64_t> logged_places(const Client& client) {
  std::map<std::string, std::uint64_t> places;
  std::uint64_t last = 0;
  core::TailEventsRequest request;
  request.set_module("sys_timespace");
  request.set_from_position(1);
  const auto ended = client.watch<core::TailEventsResponse>(
      "sys.core.v1.EventService/TailEvents", request, [&](const core::TailEventsResponse& answer) {
        const core::EventRecord& event = answer.event();
        EXPECT_EQ(event.position(), last + 1) << "a gap in the log";
        EXPECT_EQ(event.version(), 1u) << event.stream();
        last = event.position();
        const std::string id = event.stream().substr(event.stream().find('/') + 1);
        EXPECT_TRUE(places.emplace(id, last).second) << id << " was registered twice";
        return true;
      });
  EXPECT_TRUE(ended) << ended.error().message;
  return places;
}

void expect_all_tables_equal_their_log(const Client& client) {
  std::set<std::string> equal;
  const auto ended = client.watch<core::ProjectionProgress>(
      "sys.core.v1.ProjectionService/VerifyProjections", core::VerifyProjectionsRequest(),
      [&](const core::ProjectionProgress& progress) {
        if (progress.done()) {
          EXPECT_TRUE(progress.equal()) << progress.table();
          equal.insert(progress.table());
        }
        return true;
      });
  EXPECT_TRUE(ended) << ended.error().message;
  EXPECT_TRUE(equal.contains("sys_timespace_places"));
}

// One rebuild after the other until the container is killed.
std::thread rebuilding(const Container& container) {
  return std::thread([client = std::make_shared<Client>(operator_of(container))] {
    core::RebuildProjectionRequest request;
    request.set_table("sys_timespace_places");
    const auto rebuild = [&] {
      return client->watch<core::ProjectionProgress>(
          "sys.core.v1.ProjectionService/RebuildProjection", request,
          [](const core::ProjectionProgress&) { return true; });
    };
    while (rebuild()) continue;
  });
}

TEST(Crash, LosesNothingThatWasAcknowledged) {
  std::mt19937_64 random(seed());
  std::uniform_int_distribution<std::size_t> acknowledgements(0, 200);
  CityImport import(first_cities(kCities));
  Container container;
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const Client client = operator_of(container);
    std::thread rebuilds = rebuilding(container);
    import.run(client, acknowledgements(random));
    container.kill();
    import.settle();
    rebuilds.join();
    ASSERT_EQ(import.refusal(), "");

    container.start();
    const auto logged = logged_places(operator_of(container));
    for (const auto& [place, position] : import.acknowledged()) {
      const auto found = logged.find(place);
      ASSERT_NE(found, logged.end()) << place << " was acknowledged and is lost";
      ASSERT_EQ(found->second, position) << place << " is elsewhere than it was acknowledged";
    }
  }

  const Client client = operator_of(container);
  import.run(client, kCities);
  import.settle();
  ASSERT_EQ(import.refusal(), "");
  EXPECT_TRUE(import.is_complete());
  EXPECT_EQ(logged_places(client), import.acknowledged()) << "exactly one effect each";
  expect_all_tables_equal_their_log(client);
  container.stop();
}

}  // namespace
}  // namespace mt::test
