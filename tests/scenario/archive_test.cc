// Half of the log of the world's cities is moved into sealed files: everything answers as before,
// through kills, a full disk, and files that are lost or damaged.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "ops/terminal/number_text.h"
#include "sys/accounts/v1/accounts.pb.h"
#include "sys/core/v1/archive.pb.h"
#include "sys/core/v1/core.pb.h"
#include "tests/fixture/built.h"
#include "tests/fixture/file_content.h"
#include "tests/scenario/city_import.h"
#include "tests/scenario/container.h"
#include "tests/scenario/person.h"

namespace mt::test {
namespace {

namespace fs = std::filesystem;
namespace core = sys::core::v1;
namespace accounts = sys::accounts::v1;
namespace places = sys::timespace::v1;

// The file holds the first half of the cities.
constexpr std::size_t kHalf = kAllCities / 2;

std::string text(std::size_t number) { return std::to_string(number); }

Client operator_of(const Container& container) {
  return Client::connect("unix:" + container.socket().string());
}

Finished mtctl(std::vector<std::string> arguments) {
  return run({program("mtctl"), std::move(arguments)});
}

void must(const Finished& finished) {
  ASSERT_EQ(finished.exit_code, 0) << finished.out << finished.err;
}

// By table: its hash, which must be that of the fold of the log.
std::map<std::string, std::string> table_hashes(const Container& container) {
  std::map<std::string, std::string> hashes;
  const Client client = operator_of(container);
  const auto ended = client.watch<core::ProjectionProgress>(
      "sys.core.v1.ProjectionService/VerifyProjections", core::VerifyProjectionsRequest(),
      [&](const core::ProjectionProgress& progress) {
        if (!progress.done()) return true;
        EXPECT_TRUE(progress.equal()) << progress.table() << progress.failure();
        hashes[progress.table()] = progress.table_hash();
        return true;
      });
  EXPECT_TRUE(ended) << ended.error().message;
  return hashes;
}

void import_all(Container& container, CityImport& import, std::size_t count) {
  import.run(operator_of(container), count);
  import.settle();
  ASSERT_TRUE(import.is_complete()) << import.refusal();
}

bool has(const Client& client, const std::string& place_id) {
  places::GetPlaceRequest request;
  request.set_place_id(place_id);
  return client.call<places::GetPlaceResponse>("sys.timespace.v1.PlaceService/Get", request)
      .has_value();
}

// The sealed files themselves, not the seals beside them.
std::vector<fs::path> sealed_files(const Container& container) {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(container.data() / "archive/sys_timespace", none))
    if (entry.path().extension() == ".mtlogs") files.push_back(entry.path());
  return files;
}

// What an operator can ask of a log, in bytes.
std::map<std::string, std::string> answers(const Container& container) {
  std::map<std::string, std::string> all;
  const auto ask = [&](const std::string& name, std::vector<std::string> words) {
    const Finished done = container.mtctl(std::move(words));
    EXPECT_EQ(done.exit_code, 0) << name << ": " << done.err;
    all[name] = done.out;
  };
  ask("show", {"events", "show", "sys_timespace", "100"});
  ask("show behind", {"events", "show", "sys_timespace", text(kAllCities * 3 / 4)});
  ask("tail", {"-o", "ndjson", "events", "grep", "sys_timespace", "Oslo"});
  ask("anchor", {"-o", "json", "events", "export", "sys_timespace", "--from", text(kHalf - 500),
                 "--to", text(kHalf + 500)});
  const std::string file = container.folder() / "export.mtlogs";
  fs::remove(file);
  const Finished exported =
      container.mtctl({"events", "export", "sys_timespace", "--format", "binary", "--out", file});
  EXPECT_EQ(exported.exit_code, 0) << exported.err;
  all["export"] = content_of(file);
  return all;
}

TEST(Archive, HalfOfTheWorldsCitiesInSealedFilesAnswersAsBefore) {
  Container container;
  const auto cities = first_cities(kAllCities);
  CityImport import(cities);
  import_all(container, import, cities.size());
  const std::string anchors = container.folder() / "anchors";
  must(container.mtctl({"events", "anchor", "--out", anchors}));
  const auto hashes = table_hashes(container);
  const auto before = answers(container);

  const Finished plan = container.mtctl(
      {"events", "archive", "sys_timespace", "--before", text(kHalf + 1), "--dry-run"});
  must(plan);
  EXPECT_NE(plan.out.find("positions 1 to " + grouped(kHalf) + ", " + grouped(kHalf) + " events"),
            std::string::npos)
      << plan.out;
  EXPECT_FALSE(fs::exists(container.data() / "archive"));
  const Finished archived = container.mtctl(
      {"-o", "json", "events", "archive", "sys_timespace", "--before", text(kHalf + 1)});
  must(archived);
  EXPECT_NE(archived.out.find("\"removed\": " + text(kHalf)), std::string::npos) << archived.out;
  ASSERT_EQ(sealed_files(container).size(), 1u);

  EXPECT_EQ(answers(container), before);
  EXPECT_EQ(table_hashes(container), hashes);
  must(container.mtctl({"events", "prove", anchors}));
  must(container.mtctl({"events", "verify"}));
  must(container.mtctl({"events", "archives", "--check"}));
  must(container.mtctl({"projection", "rebuild", "sys_timespace_places"}));
  EXPECT_EQ(table_hashes(container), hashes);

  // A backup holds the whole log, and a restored one has it all in its environment.
  const std::string backup = container.folder() / "backup";
  must(container.mtctl({"backup", backup}));
  const std::string restored = container.folder() / "restored";
  must(mtctl({"restore", backup, "--into", restored}));
  must(mtctl({"--data", restored, "events", "prove", anchors}));
  const Finished none = mtctl({"--data", restored, "events", "archives"});
  must(none);
  EXPECT_NE(none.err.find("nothing is archived"), std::string::npos) << none.err;

  // Stopped, by its folder; and folded anew.
  container.stop();
  must(mtctl({"--data", container.data(), "events", "verify"}));
  must(mtctl({"--data", container.data(), "events", "archives", "sys_timespace"}));
  fs::remove_all(container.data() / "tables");
  container.start();
  EXPECT_EQ(table_hashes(container), hashes);
  EXPECT_EQ(answers(container), before);
  // The room in the environment is used again.
  const auto size = fs::file_size(container.data() / "events/data.mdb");
  must(container.mtctl({"events", "archive", "sys_timespace", "--keep", "100"}));
  EXPECT_EQ(table_hashes(container), hashes);
  EXPECT_LE(fs::file_size(container.data() / "events/data.mdb"), size + (4 << 20));
  container.stop();
}

TEST(Archive, KilledAtAnyMomentItLosesNothing) {
  const char* given = std::getenv("MT_SEED");
  const std::uint64_t seed = given != nullptr ? std::stoull(given) : std::random_device{}();
  std::cout << "MT_SEED=" << seed << '\n';
  std::mt19937_64 random(seed);
  CityImport import(first_cities(9'000));
  Container container;
  for (int round = 0; round < 50; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const Client client = operator_of(container);
    std::thread archiving([client = std::make_shared<Client>(operator_of(container))] {
      core::ArchiveEventsRequest request;
      request.set_module("sys_timespace");
      request.set_keep(20);
      const auto archive = [&] {
        return client->watch<core::ArchiveEventsProgress>(
            "sys.core.v1.ArchiveService/ArchiveEvents", request,
            [](const core::ArchiveEventsProgress&) { return true; });
      };
      while (archive()) continue;
    });
    import.run(client, 50 + random() % 120);
    container.kill();
    import.settle();
    archiving.join();
    ASSERT_EQ(import.refusal(), "");
    must(mtctl({"--data", container.data(), "events", "verify", "sys_timespace"}));
    container.start();
  }
  const Client client = operator_of(container);
  import.run(client, 9'000);
  import.settle();
  EXPECT_TRUE(import.is_complete()) << import.refusal();
  for (const auto& [place, position] : import.acknowledged()) {
    if (position % 50 == 0) {
      EXPECT_TRUE(has(client, place)) << place << " is lost";
    }
  }
  EXPECT_GT(sealed_files(container).size(), 5u);
  must(container.mtctl({"events", "archive", "sys_timespace", "--keep", "20"}));
  must(container.mtctl({"events", "verify"}));
  table_hashes(container);
  container.stop();
}

TEST(Archive, AFullDiskLeavesTheLogWholeAndItCanBeDoneAgain) {
  Container container;
  const auto cities = first_cities(5'000);
  CityImport import(cities);
  import.run(operator_of(container), 4'000);
  import.settle();
  const rlimit little{64 << 10, RLIM_INFINITY};
  ASSERT_EQ(prlimit(container.process().id(), RLIMIT_FSIZE, &little, nullptr), 0);
  const Finished refused = container.mtctl({"events", "archive", "sys_timespace", "--keep", "10"});
  EXPECT_NE(refused.exit_code, 0) << refused.out;
  EXPECT_NE(refused.err.find("make room"), std::string::npos) << refused.err;
  EXPECT_TRUE(sealed_files(container).empty());
  must(container.mtctl({"events", "verify"}));

  const rlimit endless{RLIM_INFINITY, RLIM_INFINITY};
  ASSERT_EQ(prlimit(container.process().id(), RLIMIT_FSIZE, &endless, nullptr), 0);
  must(container.mtctl({"events", "archive", "sys_timespace", "--keep", "10"}));
  import_all(container, import, cities.size());
  must(container.mtctl({"events", "verify"}));
  table_hashes(container);
  container.stop();
}

TEST(Archive, ALostOrDamagedFileIsNamedAndTheRestServes) {
  Container container;
  const auto cities = first_cities(3'000);
  CityImport import(cities);
  import_all(container, import, cities.size());
  const auto hashes = table_hashes(container);
  must(container.mtctl({"events", "archive", "sys_timespace", "--before", "1501"}));
  container.stop();
  const fs::path file = sealed_files(container).at(0);
  const std::string sound = content_of(file);
  const auto expect_named = [&] {
    container.start();
    const Client client = operator_of(container);
    EXPECT_TRUE(has(client, cities.front().place_id())) << "the tables serve";
    EXPECT_EQ(container.mtctl({"events", "show", "sys_timespace", "2000"}).exit_code, 0);
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"events", "verify", "sys_timespace"},
          {"events", "archives", "--check"},
          {"events", "show", "sys_timespace", "700"},
          {"projection", "rebuild", "sys_timespace_places"}}) {
      const Finished refused = container.mtctl(words);
      EXPECT_EQ(refused.exit_code, 1) << words[1] << refused.out;
      EXPECT_NE(refused.err.find(file.filename().string()), std::string::npos) << refused.err;
    }
    container.stop();
  };
  fs::remove(file);
  expect_named();
  std::string spoilt = sound;
  // In the record of one of the positions that are asked for.
  const std::string name = cities.at(699).place_id();
  const std::size_t at = spoilt.find(name);
  ASSERT_NE(at, std::string::npos);
  spoilt[at] ^= 1;
  std::ofstream(file, std::ios::binary) << spoilt;
  expect_named();
  std::ofstream(file, std::ios::binary) << sound;
  container.start();
  EXPECT_EQ(table_hashes(container), hashes);
  container.stop();
}

// The first superadmin: an account with an e-mail, which is personal.
void create_superadmin(Container& container) {
  const std::string token =
      value_in(" " + container.process().wait_for_line("setup token="), "token");
  Person person = Person::at(container);
  accounts::CreateFirstSuperadminRequest request;
  request.set_token(token);
  request.set_email("root@example.org");
  request.set_password("correct horse battery");
  const auto created = person.ask<accounts::CreateFirstSuperadminResponse>(
      "sys.accounts.v1.SetupService/CreateFirstSuperadmin", request);
  ASSERT_TRUE(created) << created.error().message;
}

TEST(Archive, ASubjectWhoseEventsAreArchivedIsErased) {
  Container container(
      {.config = "sys_accounts:\n  password_memory_mib: 8\n  password_passes: 1\n"});
  create_superadmin(container);
  const Finished events =
      container.mtctl({"-o", "ndjson", "events", "grep", "sys_accounts", "AccountRegistered"});
  must(events);
  const std::string mark = "\"stream\":\"";
  const std::size_t begin = events.out.find(mark) + mark.size();
  const std::string subject = events.out.substr(begin, events.out.find('"', begin) - begin);
  must(container.mtctl({"events", "archive", "sys_accounts", "--keep", "1"}));
  const Finished erased = container.mtctl({"-o", "json", "erase", subject, "--yes"});
  must(erased);
  EXPECT_NE(erased.out.find("\"positions\""), std::string::npos) << erased.out;
  EXPECT_EQ(container.mtctl({"-o", "ndjson", "events", "grep", "sys_accounts", "root@example.org"})
                .exit_code,
            3)
      << "nobody can read it";
  must(container.mtctl({"events", "verify"}));
  table_hashes(container);
  container.stop();
}

}  // namespace
}  // namespace mt::test
