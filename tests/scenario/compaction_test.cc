// The tables of the world's cities are compacted while they are read and written to, killed in it,
// and with a full disk.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <thread>

#include "sys/core/v1/core.pb.h"
#include "sys/core/v1/tables.pb.h"
#include "tests/scenario/city_import.h"
#include "tests/scenario/container.h"

namespace mt::test {
namespace {

namespace fs = std::filesystem;
namespace core = sys::core::v1;
namespace places = sys::timespace::v1;

Client operator_of(const Container& container) {
  return Client::connect("unix:" + container.socket().string());
}

// By table: its hash, which must be that of the fold of the log.
std::map<std::string, std::string> table_hashes(const Client& client) {
  std::map<std::string, std::string> hashes;
  const auto ended = client.watch<core::ProjectionProgress>(
      "sys.core.v1.ProjectionService/VerifyProjections", core::VerifyProjectionsRequest(),
      [&](const core::ProjectionProgress& progress) {
        if (!progress.done()) return true;
        EXPECT_TRUE(progress.equal()) << progress.table() << progress.failure();
        hashes[progress.table()] = progress.table_hash();
        return true;
      });
  EXPECT_TRUE(ended) << ended.error().message;
  EXPECT_TRUE(hashes.contains("sys_timespace_places"));
  return hashes;
}

Result<core::CompactTablesProgress> compact(const Client& client) {
  core::CompactTablesProgress last;
  MT_CHECK_OK(client.watch<core::CompactTablesProgress>(
      "sys.core.v1.TablesService/CompactTables", core::CompactTablesRequest(),
      [&](const core::CompactTablesProgress& progress) {
        last = progress;
        return true;
      }));
  return last;
}

bool has(const Client& client, const std::string& place_id) {
  places::GetPlaceRequest request;
  request.set_place_id(place_id);
  const auto got =
      client.call<places::GetPlaceResponse>("sys.timespace.v1.PlaceService/Get", request);
  return got.has_value();
}

TEST(Compaction, WhileTheWorldsCitiesAreReadAndWritten) {
  Container container;
  const Client client = operator_of(container);
  const auto cities = first_cities(kAllCities);
  CityImport import(cities);
  import.run(client, kAllCities - 2'000);
  import.settle();
  // New rows beside the old ones, whose place is free from then on.
  const Finished rebuilt = container.mtctl({"projection", "rebuild", "sys_timespace_places"});
  ASSERT_EQ(rebuilt.exit_code, 0) << rebuilt.err;

  std::atomic<bool> done = false;
  std::thread reading([&] {
    while (!done) EXPECT_TRUE(has(client, cities.front().place_id()));
  });
  std::thread importing([&] { import.run(client, cities.size()); });
  const auto compacted = compact(client);
  importing.join();
  import.settle();
  done = true;
  reading.join();
  ASSERT_TRUE(compacted) << compacted.error().message;
  ASSERT_TRUE(import.is_complete()) << import.refusal();
  EXPECT_TRUE(compacted->done());
  EXPECT_LT(compacted->bytes_after(), compacted->bytes_before());
  EXPECT_GT(compacted->entries(), 2 * (kAllCities - 2'000)) << "rows, and the index of the streams";
  RecordProperty("writes_blocked_ms", std::to_string(compacted->writes_blocked_ms()));
  RecordProperty("seconds", std::to_string(compacted->seconds()));
  const auto hashes = table_hashes(client);

  const Finished again = container.mtctl({"tables", "compact"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_NE(again.out.find("blocked  writes for "), std::string::npos) << again.out;
  EXPECT_FALSE(fs::exists(container.data() / "tables.compact"));
  container.restart();
  EXPECT_EQ(table_hashes(operator_of(container)), hashes);
  container.stop();
}

TEST(Compaction, KilledAtAnyMomentItLosesNothing) {
  const char* given = std::getenv("MT_SEED");
  const std::uint64_t seed = given != nullptr ? std::stoull(given) : std::random_device{}();
  std::cout << "MT_SEED=" << seed << '\n';
  std::mt19937_64 random(seed);
  CityImport import(first_cities(9'000));
  Container container;
  for (int round = 0; round < 50; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const Client client = operator_of(container);
    std::thread compacting([&container] {
      const Client other = operator_of(container);
      while (compact(other)) continue;
    });
    import.run(client, random() % 150);
    container.kill();
    import.settle();
    compacting.join();
    ASSERT_EQ(import.refusal(), "");
    container.start();
    EXPECT_FALSE(fs::exists(container.data() / "tables.compact"));
    const Client again = operator_of(container);
    for (const auto& [place, position] : import.acknowledged()) {
      if (position % 40 == 0) {
        EXPECT_TRUE(has(again, place)) << place << " is lost";
      }
    }
  }
  const Client client = operator_of(container);
  import.run(client, 9'000);
  import.settle();
  EXPECT_TRUE(import.is_complete()) << import.refusal();
  EXPECT_TRUE(compact(client));
  table_hashes(client);
  container.stop();
}

TEST(Compaction, AFullDiskLeavesTheOldFileServing) {
  Container container;
  const Client client = operator_of(container);
  const auto cities = first_cities(5'000);
  CityImport import(cities);
  import.run(client, 4'000);
  import.settle();
  const rlimit little{256 << 10, RLIM_INFINITY};
  ASSERT_EQ(prlimit(container.process().id(), RLIMIT_FSIZE, &little, nullptr), 0);
  const Finished refused = container.mtctl({"tables", "compact"});
  EXPECT_NE(refused.exit_code, 0) << refused.out;
  EXPECT_NE(refused.err.find("make room"), std::string::npos) << refused.err;
  EXPECT_FALSE(fs::exists(container.data() / "tables.compact"));
  EXPECT_TRUE(has(client, cities.front().place_id())) << "the old file serves";

  const rlimit endless{RLIM_INFINITY, RLIM_INFINITY};
  ASSERT_EQ(prlimit(container.process().id(), RLIMIT_FSIZE, &endless, nullptr), 0);
  import.run(client, cities.size());
  import.settle();
  EXPECT_TRUE(import.is_complete()) << "it takes commands: " << import.refusal();
  const Finished compacted = container.mtctl({"-o", "json", "tables", "compact"});
  EXPECT_EQ(compacted.exit_code, 0) << compacted.err;
  EXPECT_NE(compacted.out.find("\"bytes_after\""), std::string::npos) << compacted.out;
  table_hashes(client);
  container.stop();
}

}  // namespace
}  // namespace mt::test
