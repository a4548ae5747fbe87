// The states of the world's cities, kept: they are what a city is decided on, through a kill, until
// a program has other ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>

#include "events/lmdb/lmdb_kv.h"
#include "mt/events/v1/commit.pb.h"
#include "sys/timespace/v1/places.pb.h"
#include "sys/timespace/v1/storage.pb.h"
#include "tests/fixture/built.h"
#include "tests/scenario/city_import.h"
#include "tests/scenario/container.h"
#include "tests/scenario/person.h"

namespace mt::test {
namespace {

using sys::timespace::v1::RegisterPlaceRequest;
using sys::timespace::v1::RegisterPlaceResponse;
using testing::HasSubstr;

// Changes stored snapshots behind the back of a container that is stopped: one says another name,
// one is no snapshot any more.
void change_snapshots(const Container& container, const std::string& renamed,
                      const std::string& damaged) {
  const auto key = [](const std::string& id) { return std::string("place") + '\0' + id + '\0'; };
  const auto env = LmdbKv::open_environment(container.data() / "tables", {}).value();
  const StoreId store = env->open("sys_timespace.snapshots").value();
  ASSERT_TRUE(env->write([&](KvWriter& kv) -> Result<void> {
    events::v1::Snapshot snapshot;
    sys::timespace::v1::PlaceRegistered state;
    const auto bytes = kv.get(store, key(renamed));
    if (!bytes || !snapshot.ParseFromString(std::string(*bytes)) ||
        !state.ParseFromString(snapshot.state()))
      return internal("no such snapshot");
    state.set_name("Nowhere");
    snapshot.set_state(state.SerializeAsString());
    kv.put(store, key(renamed), snapshot.SerializeAsString());
    kv.put(store, key(damaged), "\xff\xff no snapshot");
    return {};
  }));
}

// By what the entity's state says: nothing changes, or it is registered with other data.
Code registered_again(const Container& container, RegisterPlaceRequest city,
                      const std::string& name) {
  city.set_name(name);
  const Client client = Client::connect("unix:" + container.socket().string());
  return code_of(
      client.call<RegisterPlaceResponse>("sys.timespace.v1.PlaceService/RegisterPlace", city));
}

TEST(Snapshots, OfTheCitiesAreUsedUntilAProgramHasOtherOnes) {
  Container container({.config = "entities:\n  snapshot_every: 1\n"});
  const auto cities = first_cities(kAllCities);
  {
    const Client client = Client::connect("unix:" + container.socket().string());
    CityImport import(cities);
    import.run(client, cities.size());
    import.settle();
    ASSERT_EQ(import.refusal(), "");
  }
  container.kill();
  container.start();
  const auto show = [&](const std::string& id) {
    return container.mtctl({"snapshots", "show", "sys_timespace", "place/" + id});
  };
  const RegisterPlaceRequest& one = cities[kAllCities / 3];
  const RegisterPlaceRequest& other = cities[kAllCities / 2];
  EXPECT_THAT(show(one.place_id()).out, HasSubstr("version  1 of 1"));
  EXPECT_THAT(show(one.place_id()).out, HasSubstr("used"));
  EXPECT_EQ(show("nowhere").exit_code, 3);
  const Finished all = container.mtctl({"snapshots", "list", "sys_timespace", "--most", "0"});
  EXPECT_EQ(all.exit_code, 0) << all.err;
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(all.out, '\n')), kAllCities + 1);
  EXPECT_EQ(all.out.find("unused"), std::string::npos);
  container.stop();

  change_snapshots(container, one.place_id(), other.place_id());
  container.start();
  EXPECT_EQ(registered_again(container, one, "Nowhere"), Code::kOk) << "its snapshot says so";
  EXPECT_THAT(show(other.place_id()).out, HasSubstr("unused: it cannot be read"));
  EXPECT_EQ(registered_again(container, other, other.name()), Code::kOk) << "it was folded";
  EXPECT_EQ(registered_again(container, other, "Nowhere"), Code::kAlreadyExists);
  // A new one takes the place of what could not be read, with the next batch of the tables.
  RegisterPlaceRequest more = other;
  more.set_place_id("one-more");
  EXPECT_EQ(registered_again(container, more, "One More"), Code::kOk);
  EXPECT_EQ(show(other.place_id()).out.find("unused"), std::string::npos);
  container.stop();

  Process later(
      {program("later_program"), {"--data", container.data().string(), "--grpc", "127.0.0.1:0"}});
  later.wait_for_line("ready ");
  EXPECT_THAT(show(one.place_id()).out, HasSubstr("unused: of code 1 and schema "));
  later.signal(SIGINT);
  EXPECT_EQ(later.wait(), 0);
  // Without its tables, the log alone says what a city is.
  std::filesystem::remove_all(container.data() / "tables");
  container.start();
  EXPECT_EQ(registered_again(container, one, one.name()), Code::kOk);
  EXPECT_EQ(registered_again(container, one, "Nowhere"), Code::kAlreadyExists);
  container.stop();
}

}  // namespace
}  // namespace mt::test
