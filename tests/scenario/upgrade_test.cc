// Programs that are to take over the logs of the world's cities: what check-upgrade says of them
// beside the container that runs, and what a start does.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "events/lmdb/lmdb_log.h"
#include "ops/terminal/number_text.h"
#include "tests/fixture/built.h"
#include "tests/fixture/file_content.h"
#include "tests/fixture/temp_folder.h"
#include "tests/scenario/city_import.h"
#include "tests/scenario/container.h"

namespace mt::test {
namespace {

namespace fs = std::filesystem;

const std::string kHead = std::to_string(kAllCities);
const std::string kShown = grouped(kAllCities);

using Environment = std::vector<std::pair<std::string, std::string>>;

Finished check_upgrade(const std::string& name, const Container& container,
                       const Environment& environment = {},
                       const std::vector<std::string>& more = {}) {
  ProcessCommand command{
      program(name), {"check-upgrade", "--data", container.data().string()}, {}, environment};
  command.arguments.insert(command.arguments.end(), more.begin(), more.end());
  return run(command);
}

void expect_holds(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    EXPECT_NE(text.find(part), std::string::npos) << "no '" << part << "' in: " << text;
  }
}

// What a program says that does not start on the data folder.
Finished start(const std::string& name, const Container& container,
               const Environment& environment = {}) {
  return run({program(name),
              {"--data", container.data().string(), "--grpc", "127.0.0.1:0"},
              {},
              environment});
}

// As a program with a newer event would.
void append_newer_event(const Container& container) {
  const auto log = LmdbLog::open_environment(container.data() / "events", {});
  ASSERT_TRUE(log) << log.error().message;
  const ModuleName module{"sys_timespace"};
  ASSERT_TRUE((*log)->open(module));
  CommitRecord record;
  record.first = (*log)->head(module) + 1;
  record.commit.stream = {"place", "of tomorrow"};
  record.commit.events = {{"PlaceRegistered", 2, "what only tomorrow knows"}};
  record.commit.command.id = {"tomorrow"};
  const LogAppend append{module, &record};
  ASSERT_TRUE((*log)->append({&append, 1}));
}

// All of them, in the order in which they were acknowledged.
std::map<std::string, std::uint64_t> import_cities(
    const Container& container,
    const std::vector<sys::timespace::v1::RegisterPlaceRequest>& cities) {
  CityImport import(cities);
  const Client client = Client::connect("unix:" + container.socket().string());
  import.run(client, cities.size());
  import.settle();
  EXPECT_TRUE(import.is_complete()) << import.refusal();
  return import.acknowledged();
}

std::string most_frequent_name(
    const std::vector<sys::timespace::v1::RegisterPlaceRequest>& cities) {
  std::map<std::string, int> names;
  for (const auto& city : cities) ++names[city.name()];
  return std::ranges::max_element(names, {}, [](const auto& name) { return name.second; })->first;
}

// Each flaw with what is said of it.
void expect_flaws_found(const Container& container,
                        const std::vector<sys::timespace::v1::RegisterPlaceRequest>& cities,
                        const std::string& last_place) {
  const auto check = [&](const char* flaw, const std::string& place) {
    return check_upgrade("later_program", container,
                         {{"MT_TEST_FLAW", flaw}, {"MT_TEST_PLACE", place}});
  };
  const Finished table = check("throwing_table", last_place);
  EXPECT_EQ(table.exit_code, 1);
  expect_holds(table.out, {"sys_timespace  1 fault ", "mod_main       ready"});
  expect_holds(table.err,
               {"sys_timespace: table sys_timespace_titles: PlaceRegistered of schema 1, at "
                "position " +
                kHead + ": apply threw: no room for it"});

  const auto& city = cities[kAllCities / 2];
  const Finished entity = check("throwing_entity", city.name() + ", " + city.country_code());
  EXPECT_EQ(entity.exit_code, 1);
  expect_holds(entity.err, {"entity place: PlaceRegistered of schema 1", "evolve threw"});

  const Finished step = check("failing_step", most_frequent_name(cities));
  EXPECT_EQ(step.exit_code, 1);
  expect_holds(step.err, {" times, first at positions ",
                          "the upcaster for event PlaceRegistered of schema 1 failed: a place "
                          "without a province"});

  const Finished missing =
      check_upgrade("later_program", container, {{"MT_TEST_FLAW", "missing_step"}},
                    {"-o", "json", "--sample", "1%"});
  EXPECT_EQ(missing.exit_code, 1);
  expect_holds(missing.out,
               {"\"count\": " + kHead, "\"ready\": false", "no upcaster leads on to schema 2"});
  expect_holds(missing.err, {"later_program: it does not start: module sys_timespace"});
}

void expect_a_sample_and_nothing_written(const Container& container) {
  const std::string before = content_of(container.data() / "events/data.mdb");
  const std::string tables = content_of(container.data() / "tables/data.mdb");
  const Finished sample =
      check_upgrade("later_program", container, {}, {"-o", "ndjson", "--sample", "2%"});
  EXPECT_EQ(sample.exit_code, 0) << sample.err;
  expect_holds(sample.out, {"\"events\":" + kHead, "\"ready\":true"});
  EXPECT_EQ(sample.out.find("\"folded\":" + kHead), std::string::npos) << sample.out;
  EXPECT_TRUE(content_of(container.data() / "events/data.mdb") == before);
  EXPECT_TRUE(content_of(container.data() / "tables/data.mdb") == tables);
}

TEST(Upgrade, IsCheckedBesideTheContainerThatRunsAndThenServes) {
  Container container;
  const auto cities = first_cities(kAllCities);
  std::string last_place;
  for (const auto& [place, position] : import_cities(container, cities)) {
    if (position == kAllCities) last_place = place;
  }
  // With so little memory that its tables are folded one after the other.
  const Finished same = check_upgrade("maintemplate2", container, {}, {"--memory", "1"});
  EXPECT_EQ(same.exit_code, 0) << same.err;
  expect_holds(same.out, {"sys_timespace  ready", kShown + "  " + kShown});
  expect_flaws_found(container, cities, last_place);
  container.stop();
  expect_a_sample_and_nothing_written(container);

  Process later(
      {program("later_program"), {"--data", container.data().string(), "--grpc", "127.0.0.1:0"}});
  later.wait_for_line("ready ");
  const Finished verified = container.mtctl({"projection", "verify", "sys_timespace_titles"});
  EXPECT_EQ(verified.exit_code, 0) << verified.err;
  expect_holds(verified.out, {"equal", kShown});
  later.signal(SIGINT);
  EXPECT_EQ(later.wait(), 0);
  // And back: nothing was written that the old program does not know.
  container.start();
  EXPECT_EQ(container.mtctl({"projection", "verify", "--all"}).exit_code, 0);
}

TEST(Upgrade, IsRefusedAtTheStartByALogThatCannotBeRead) {
  Container container;
  import_cities(container, first_cities(300));
  container.stop();
  append_newer_event(container);
  const std::string refusal =
      "at position 301 begins event PlaceRegistered of schema 2: this program knows up "
      "to schema 1";
  const Finished older = start("maintemplate2", container);
  EXPECT_EQ(older.exit_code, 1);
  expect_holds(older.err, {"module sys_timespace", refusal, "check-upgrade"});
  fs::remove_all(container.data() / "tables");
  const Finished without_tables = start("maintemplate2", container);
  EXPECT_EQ(without_tables.exit_code, 1);
  expect_holds(without_tables.err, {refusal});
  const Finished checked = check_upgrade("maintemplate2", container);
  EXPECT_EQ(checked.exit_code, 1);
  expect_holds(checked.err, {"this program knows up to schema 1"});
}

TEST(Upgrade, SaysWhatItCannotCheck) {
  const TempFolder folder;
  const fs::path nowhere = folder.path() / "nowhere";
  const Finished none =
      run({program("maintemplate2"), {"check-upgrade", "--data", nowhere.string()}});
  EXPECT_EQ(none.exit_code, 1);
  expect_holds(none.err, {"is no data folder"});
  EXPECT_FALSE(fs::exists(nowhere));
  for (const char* sample : {"none", "0", "101%", "5%%", ""}) {
    const Finished refused = run({program("maintemplate2"), {"check-upgrade", "--sample", sample}});
    EXPECT_EQ(refused.exit_code, 2) << sample;
  }
}

}  // namespace
}  // namespace mt::test
