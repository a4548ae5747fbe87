// A new version of the table of places over the log of the world's cities: built and compared while
// the old one serves, cut over, and back again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>
#include <sstream>
#include <string>
#include <thread>

#include "sys/core/v1/core.pb.h"
#include "sys/core/v1/upgrades.pb.h"
#include "sys/timespace/v1/places.pb.h"
#include "tests/scenario/city_import.h"
#include "tests/scenario/container.h"

namespace mt::test {
namespace {

namespace core = sys::core::v1;
namespace places = sys::timespace::v1;
namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::size_t kAllCities = 135'233;
constexpr char kTable[] = "sys_timespace_places";
using Cities = std::vector<places::RegisterPlaceRequest>;

Client operator_of(const Container& container) {
  return Client::connect("unix:" + container.socket().string());
}

void import_cities(const Container& container, const Cities& cities) {
  CityImport import(cities);
  const Client client = operator_of(container);
  import.run(client, cities.size());
  import.settle();
  ASSERT_TRUE(import.is_complete()) << import.refusal();
}

// With the cities in the table that maintemplate2 has, and the next release on it.
void start_renewed(Container& container, const Cities& cities,
                   const ProcessEnvironment& environment = {}) {
  import_cities(container, cities);
  container.stop();
  container.set_program("renewed", environment);
  container.start();
}

Finished projection(const Container& container, std::vector<std::string> words) {
  words.insert(words.begin(), "projection");
  return container.mtctl(std::move(words));
}

// A line of `projection list` as words: "sys_timespace_places 2 live".
bool lists(const Container& container, const std::string& version, const std::string& state) {
  const std::string listed = projection(container, {"list"}).out;
  std::istringstream lines(listed);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string table, its_version, its_state;
    words >> table >> its_version >> its_state;
    if (table == kTable && its_version == version && its_state == state) return true;
  }
  return false;
}

Result<places::GetPlaceResponse> get(const Client& client, const std::string& place_id) {
  places::GetPlaceRequest request;
  request.set_place_id(place_id);
  return client.call<places::GetPlaceResponse>("sys.timespace.v1.PlaceService/Get", request);
}

// Asks for places one after the other, and measures the longest that an answer took.
class Asker {
 public:
  Asker(const Container& container, const Cities& cities)
      : thread_([this, client = std::make_shared<Client>(operator_of(container)), &cities] {
          for (std::size_t i = 0; !done_; i = (i + 7919) % cities.size()) ask(*client, cities[i]);
        }) {}
  ~Asker() {
    if (thread_.joinable()) stop();
  }
  void stop() {
    done_ = true;
    thread_.join();
  }
  void begin_measure() { longest_ = 0; }
  double longest_ms() const { return longest_; }
  std::size_t answers() const { return answers_; }
  std::size_t wrong() const { return wrong_; }

 private:
  void ask(const Client& client, const places::RegisterPlaceRequest& city) {
    const auto start = std::chrono::steady_clock::now();
    const auto answer = get(client, city.place_id());
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    if (!answer || answer->place().country_code() != city.country_code()) ++wrong_;
    ++answers_;
    longest_ = std::max<double>(longest_, took.count());
  }

  std::atomic<bool> done_ = false;
  std::atomic<std::size_t> answers_ = 0, wrong_ = 0;
  std::atomic<double> longest_ = 0;
  std::thread thread_;
};

TEST(TableUpgrade, BuildsComparesAndCutsOverWhileClientsAskAndAppend) {
  const Cities cities = first_cities(kAllCities);
  const Cities first(cities.begin(), cities.begin() + 130'000);
  Container container;
  start_renewed(container, first, {{"MT_TEST_PLACES", "renames"}});
  EXPECT_TRUE(lists(container, "2", "live"));
  EXPECT_THAT(projection(container, {"list"}).err, HasSubstr("mtctl projection upgrade"));

  const Finished plan = projection(container, {"upgrade", kTable, "--plan"});
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("from version 2 to 3, 130,000 events"));
  const Finished refused = projection(container, {"upgrade", kTable});
  EXPECT_EQ(refused.exit_code, 5) << refused.out << refused.err;
  const auto renamed =
      std::ranges::count_if(first, [](const auto& city) { return city.country_code() == "LI"; });
  ASSERT_GT(renamed, 0);
  EXPECT_THAT(refused.out, HasSubstr("0 added, " + std::to_string(renamed) + " changed, 0 lost"));
  EXPECT_THAT(refused.out, HasSubstr("name \"Vaduz\" → \"New Vaduz\""));
  EXPECT_THAT(refused.err, HasSubstr("--accept-differences"));
  const Finished rehearsed =
      projection(container, {"upgrade", kTable, "--rehearse", "--accept-differences"});
  EXPECT_EQ(rehearsed.exit_code, 0) << rehearsed.err;
  EXPECT_THAT(rehearsed.out, HasSubstr("it could serve"));
  EXPECT_TRUE(lists(container, "2", "live"));
  EXPECT_FALSE(lists(container, "3", "live"));

  Asker asker(container, first);
  std::thread appender([&] { import_cities(container, {cities.begin() + 130'000, cities.end()}); });
  asker.begin_measure();
  const Finished upgraded = projection(container, {"upgrade", kTable, "--accept-differences"});
  std::cout << upgraded.out << "longest query meanwhile: " << asker.longest_ms() << " ms\n";
  EXPECT_EQ(upgraded.exit_code, 0) << upgraded.err;
  EXPECT_THAT(upgraded.out, HasSubstr("version 3 serves"));
  appender.join();
  EXPECT_TRUE(lists(container, "3", "live"));
  EXPECT_TRUE(lists(container, "2", "retired"));
  EXPECT_EQ(container.mtctl({"tables", "compact"}).exit_code, 0);
  EXPECT_EQ(projection(container, {"verify", kTable}).exit_code, 0);

  asker.begin_measure();
  const Finished back = projection(container, {"rollback", kTable});
  std::cout << back.out << "longest query meanwhile: " << asker.longest_ms() << " ms\n";
  EXPECT_EQ(back.exit_code, 0) << back.err;
  EXPECT_TRUE(lists(container, "2", "live"));
  const Finished verified = projection(container, {"verify", kTable});
  EXPECT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("135,233"));
  asker.stop();
  EXPECT_EQ(asker.wrong(), 0u) << "of " << asker.answers();
  container.stop();
}

TEST(TableUpgrade, AnOlderProgramLeavesTheNewVersionForTheNewerOne) {
  const Cities cities = first_cities(20'000);
  Container container;
  start_renewed(container, cities);
  const Finished upgraded = container.mtctl({"-o", "json", "projection", "upgrade", kTable});
  EXPECT_EQ(upgraded.exit_code, 0) << upgraded.err;
  EXPECT_THAT(upgraded.out, HasSubstr("\"serves\": true"));
  container.stop();

  container.set_program("maintemplate2");
  container.start();
  EXPECT_TRUE(lists(container, "2", "live"));
  EXPECT_TRUE(lists(container, "3", "detached"));
  EXPECT_NE(projection(container, {"purge", std::string(kTable) + "@3"}).exit_code, 0);
  EXPECT_TRUE(get(operator_of(container), cities.back().place_id()));
  EXPECT_EQ(projection(container, {"verify", "--all"}).exit_code, 0);
  container.stop();

  container.set_program("renewed");
  container.start();
  EXPECT_TRUE(lists(container, "3", "live"));
  EXPECT_EQ(projection(container, {"verify", "--all"}).exit_code, 0);
  EXPECT_EQ(projection(container, {"purge", std::string(kTable) + "@2"}).exit_code, 0);
  EXPECT_FALSE(lists(container, "2", "retired"));
  container.stop();
}

TEST(TableUpgrade, AVersionThatThrowsOnTheLastEventIsNamedAndDoesNotServe) {
  const Cities cities = first_cities(kAllCities);
  Container container;
  start_renewed(container, {cities.begin(), cities.end() - 1},
                {{"MT_TEST_PLACES", "throws"}, {"MT_TEST_PLACE", cities.back().place_id()}});
  import_cities(container, {cities.back()});
  const Finished refused = projection(container, {"upgrade", kTable, "--accept-differences"});
  EXPECT_EQ(refused.exit_code, 5) << refused.out;
  EXPECT_THAT(refused.err, HasSubstr("place/" + cities.back().place_id() +
                                     " at position 135233 (PlaceRegistered): apply threw: no room "
                                     "for it"));
  EXPECT_TRUE(lists(container, "2", "live"));
  EXPECT_TRUE(lists(container, "3", "failed"));
  EXPECT_THAT(projection(container, {"list"}).err,
              HasSubstr("mend the cause, then: mtctl projection upgrade"));
  EXPECT_TRUE(get(operator_of(container), cities.back().place_id()));
  EXPECT_EQ(projection(container, {"verify", kTable}).exit_code, 0);
  container.stop();
}

void limit_files(Container& container, rlim_t bytes) {
  const rlimit limit{bytes, RLIM_INFINITY};
  ASSERT_EQ(prlimit(container.process().id(), RLIMIT_FSIZE, &limit, nullptr), 0);
}

TEST(TableUpgrade, AFullDiskLeavesTheOldVersionAndItCanBeDoneAgain) {
  const Cities cities = first_cities(12'000);
  Container container;
  start_renewed(container, cities);
  limit_files(container, std::max(fs::file_size(container.data() / "events/data.mdb"),
                                  fs::file_size(container.data() / "tables/data.mdb")));
  const Finished refused = projection(container, {"upgrade", kTable});
  EXPECT_NE(refused.exit_code, 0) << refused.out;
  EXPECT_THAT(refused.err, HasSubstr("make room"));
  EXPECT_TRUE(lists(container, "2", "live"));
  EXPECT_TRUE(get(operator_of(container), cities.back().place_id()));

  limit_files(container, RLIM_INFINITY);
  const Finished upgraded = projection(container, {"upgrade", kTable});
  EXPECT_EQ(upgraded.exit_code, 0) << upgraded.err;
  EXPECT_TRUE(lists(container, "3", "live"));
  EXPECT_EQ(projection(container, {"verify", "--all"}).exit_code, 0);
  container.stop();
}

// Up and down again until the container is killed.
std::thread changing_versions(const Container& container) {
  return std::thread([client = std::make_shared<Client>(operator_of(container))] {
    core::UpgradeProjectionRequest up;
    up.set_table(kTable);
    core::RollbackProjectionRequest down;
    down.set_table(kTable);
    const std::string service = "sys.core.v1.UpgradeService/";
    const auto go_up = [&] {
      return client->watch<core::UpgradeProgress>(
          service + "UpgradeProjection", up, [](const core::UpgradeProgress&) { return true; });
    };
    while (go_up()) {
      if (!client->call<core::RollbackProjectionResponse>(service + "RollbackProjection", down)) {
        return;
      }
    }
  });
}

TEST(TableUpgrade, LosesNothingWhenItIsKilledAgainAndAgain) {
  const char* given = std::getenv("MT_SEED");
  const std::uint64_t seed = given != nullptr ? std::stoull(given) : std::random_device{}();
  std::cout << "MT_SEED=" << seed << '\n';
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::size_t> acknowledgements(0, 200);
  const Cities cities = first_cities(15'000);
  Container container;
  start_renewed(container, {cities.begin(), cities.begin() + 3'000});
  CityImport import({cities.begin() + 3'000, cities.end()});
  for (int round = 0; round < 50; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const Client client = operator_of(container);
    std::thread versions = changing_versions(container);
    import.run(client, acknowledgements(random));
    container.kill();
    import.settle();
    versions.join();
    ASSERT_EQ(import.refusal(), "");

    container.start();
    ASSERT_TRUE(lists(container, "2", "live") || lists(container, "3", "live"));
    const Client again = operator_of(container);
    for (const auto& [place, position] : import.acknowledged()) {
      if (position % 29 != 0) continue;  // of thousands, some
      ASSERT_TRUE(get(again, place)) << place << " was acknowledged and is lost";
    }
    ASSERT_EQ(projection(container, {"verify", kTable}).exit_code, 0);
  }
  const Finished upgraded = projection(container, {"upgrade", kTable});
  EXPECT_EQ(upgraded.exit_code, 0) << upgraded.err;
  EXPECT_TRUE(lists(container, "3", "live"));
  EXPECT_EQ(projection(container, {"verify", "--all"}).exit_code, 0);
  container.stop();
}

}  // namespace
}  // namespace mt::test
