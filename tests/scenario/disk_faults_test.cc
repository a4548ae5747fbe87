// The disk fails a running container: it is full, or a byte of it has changed.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "sys/core/v1/core.pb.h"
#include "sys/timespace/v1/places.pb.h"
#include "tests/fixture/built.h"
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

Result<places::RegisterPlaceResponse> add(const Client& client,
                                          const places::RegisterPlaceRequest& place) {
  return client.call<places::RegisterPlaceResponse>("sys.timespace.v1.PlaceService/RegisterPlace",
                                                    place);
}

bool has(const Client& client, const std::string& place_id) {
  places::GetPlaceRequest request;
  request.set_place_id(place_id);
  return client.call<places::GetPlaceResponse>("sys.timespace.v1.PlaceService/Get", request)
      .has_value();
}

// From now on, and until there is room again, no file of the process may grow beyond what the
// larger of its two environments has.
void fill_disk(Container& container) {
  const auto size = std::max(fs::file_size(container.data() / "events/data.mdb"),
                             fs::file_size(container.data() / "tables/data.mdb"));
  const rlimit limit{size, RLIM_INFINITY};
  ASSERT_EQ(prlimit(container.process().id(), RLIMIT_FSIZE, &limit, nullptr), 0);
}

TEST(DiskFaults, AFullDiskRefusesCommandsAndLosesNothing) {
  const auto cities = first_cities(20'000);
  Container container;
  std::size_t acknowledged = 0;
  Error refused;
  {
    const Client client = operator_of(container);
    for (; acknowledged < 20; ++acknowledged) ASSERT_TRUE(add(client, cities[acknowledged]));
    fill_disk(container);
    for (; acknowledged < cities.size(); ++acknowledged) {
      auto added = add(client, cities[acknowledged]);
      if (added) continue;
      refused = added.error();
      break;
    }
    EXPECT_EQ(refused.code, Code::kUnavailable) << refused.message;
    EXPECT_NE(refused.message.find("make room"), std::string::npos) << refused.message;
    EXPECT_EQ(add(client, cities.back()).error().code, Code::kUnavailable);
    EXPECT_TRUE(has(client, cities.front().place_id())) << "queries go on";
    const auto status = client.call<core::GetStatusResponse>("sys.core.v1.StatusService/GetStatus",
                                                             core::GetStatusRequest());
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_NE(status->DebugString().find("make room"), std::string::npos) << status->DebugString();
  }
  container.stop();

  container.start();  // there is room again
  const Client client = operator_of(container);
  for (std::size_t i = 0; i < acknowledged; ++i) {
    EXPECT_TRUE(has(client, cities[i].place_id())) << i << " was acknowledged and is lost";
  }
  EXPECT_TRUE(add(client, cities.back()));
  container.stop();
}

void make_room(Container& container) {
  const rlimit endless{RLIM_INFINITY, RLIM_INFINITY};
  ASSERT_EQ(prlimit(container.process().id(), RLIMIT_FSIZE, &endless, nullptr), 0);
}

places::RegisterPlaceRequest named(const std::string& id, const std::string& name) {
  auto place = first_cities(1).front();
  place.set_place_id(id);
  place.set_name(name);
  return place;
}

// A rebuild needs room for the new rows beside the old ones.
TEST(DiskFaults, AFullDiskInARebuildLeavesTheOldRowsAndItCanBeDoneAgain) {
  Container container;
  const auto cities = first_cities(12'000);
  const Client client = operator_of(container);
  CityImport import(cities);
  import.run(client, cities.size());
  import.settle();
  ASSERT_EQ(import.refusal(), "");
  const auto rebuild = [&] {
    return container.mtctl({"projection", "rebuild", "sys_timespace_places"});
  };
  fill_disk(container);
  const Finished refused = rebuild();
  EXPECT_NE(refused.exit_code, 0) << refused.out;
  EXPECT_NE(refused.err.find("make room"), std::string::npos) << refused.err;
  EXPECT_TRUE(has(client, cities.front().place_id())) << "the old rows serve";
  EXPECT_TRUE(has(client, cities.back().place_id()));

  make_room(container);
  const Finished rebuilt = rebuild();
  EXPECT_EQ(rebuilt.exit_code, 0) << rebuilt.err;
  EXPECT_EQ(container.mtctl({"projection", "verify", "--all"}).exit_code, 0);
  EXPECT_TRUE(add(client, named("one-more", "One More"))) << "it takes commands";
  container.stop();
}

// Changes bits of each place in the file where the text stands; LMDB may have kept older copies.
void damage(const fs::path& file, std::string_view text, char bits = 1) {
  std::string bytes;
  {
    std::ifstream in(file, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
  std::size_t found = bytes.find(text);
  ASSERT_NE(found, std::string::npos);
  for (; found != std::string::npos; found = bytes.find(text, found + 1)) {
    out.seekp(static_cast<std::streamoff>(found));
    out.put(static_cast<char>(bytes[found] ^ bits));
  }
}

void add_four(const Container& container) {
  for (const auto& [id, name] : {std::pair{"first", "First"},
                                 {"second", "Zanzibarville"},
                                 {"third", "Third"},
                                 {"fourth", "Fourth"}}) {
    const auto added = add(operator_of(container), named(id, name));
    ASSERT_TRUE(added) << added.error().message;
  }
}

TEST(DiskFaults, ADamagedRecordIsNamedAndNeverServed) {
  Container container;
  add_four(container);
  container.stop();
  damage(container.data() / "events/data.mdb", "Zanzibarville");

  container.start();
  const Client client = operator_of(container);
  core::TailEventsRequest request;
  request.set_module("sys_timespace");
  request.set_from_position(1);
  std::vector<std::uint64_t> served;
  const auto tailed = client.watch<core::TailEventsResponse>(
      "sys.core.v1.EventService/TailEvents", request, [&](const core::TailEventsResponse& answer) {
        served.push_back(answer.event().position());
        return true;
      });
  EXPECT_EQ(served, std::vector<std::uint64_t>{1}) << "up to the damage, and nothing behind it";
  ASSERT_FALSE(tailed);
  EXPECT_EQ(tailed.error().code, Code::kDataLoss);
  EXPECT_NE(tailed.error().message.find("position 2 of sys_timespace"), std::string::npos)
      << tailed.error().message;
  EXPECT_TRUE(has(client, "fourth")) << "the tables were folded before, and go on";
  const auto verify = container.mtctl({"projection", "verify", "sys_timespace_places"});
  EXPECT_EQ(verify.exit_code, 1) << verify.out << verify.err;
  EXPECT_NE(verify.err.find("position 2"), std::string::npos) << verify.err;
  container.stop();
}

Result<places::GetPlaceResponse> get(const Client& client, const std::string& place_id) {
  places::GetPlaceRequest request;
  request.set_place_id(place_id);
  return client.call<places::GetPlaceResponse>("sys.timespace.v1.PlaceService/Get", request);
}

Result<places::ListPlacesResponse> list(const Client& client) {
  return client.call<places::ListPlacesResponse>("sys.timespace.v1.PlaceService/List",
                                                 places::ListPlacesRequest());
}

// Such a row once ended the container at the first query that met it.
TEST(DiskFaults, ADamagedRowIsTheLossOfItsQueriesAndARebuildMendsIt) {
  Container container;
  add_four(container);
  container.stop();
  damage(container.data() / "tables/data.mdb", "Zanzibarville", '\x80');  // no UTF-8 any more

  container.start();
  const Client client = operator_of(container);
  for (const Error& error : {get(client, "second").error(), list(client).error()}) {
    EXPECT_EQ(error.code, Code::kDataLoss) << error.message;
    EXPECT_NE(error.message.find("mtctl projection rebuild sys_timespace_places"),
              std::string::npos)
        << error.message;
  }
  EXPECT_TRUE(get(client, "fourth")) << "the rest goes on";
  EXPECT_TRUE(add(client, named("fifth", "Fifth")));
  const auto rebuilt = container.mtctl({"projection", "rebuild", "sys_timespace_places"});
  EXPECT_EQ(rebuilt.exit_code, 0) << rebuilt.err;
  EXPECT_EQ(get(client, "second")->place().name(), "Zanzibarville");
  EXPECT_EQ(list(client)->places_size(), 5);
  container.stop();
}

// Queries once answered an empty list as if there were nothing.
TEST(DiskFaults, TablesThatCannotBeFoldedAnswerNoQuery) {
  Container container;
  add_four(container);
  container.stop();
  damage(container.data() / "events/data.mdb", "Zanzibarville");
  fs::remove_all(container.data() / "tables");

  container.start();
  const Client client = operator_of(container);
  for (const Error& error : {get(client, "fourth").error(), list(client).error()}) {
    EXPECT_EQ(error.code, Code::kUnavailable) << error.message;
    EXPECT_NE(error.message.find("restore the events folder from a backup"), std::string::npos)
        << error.message;
  }
  EXPECT_TRUE(client.call<core::GetStatusResponse>("sys.core.v1.StatusService/GetStatus",
                                                   core::GetStatusRequest()))
      << "the other modules go on";
  container.stop();
}

TEST(DiskFaults, ADamagedEndOfTheLogStopsTheStart) {
  Container container;
  ASSERT_TRUE(add(operator_of(container), named("last", "Zanzibarville")));
  container.stop();
  damage(container.data() / "events/data.mdb", "Zanzibarville");
  const auto start = run(
      {program("maintemplate2"), {"--data", container.data().string(), "--grpc", "127.0.0.1:0"}});
  EXPECT_EQ(start.exit_code, 1);
  EXPECT_NE(start.err.find("position 1 of sys_timespace"), std::string::npos) << start.err;
}

}  // namespace
}  // namespace mt::test
