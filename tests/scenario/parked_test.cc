// Events of the world's cities that no table can take: their streams are left out, all others are
// served, and the operator sees what waits, tries it again and decides.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "events/event_codec.h"
#include "events/lmdb/lmdb_log.h"
#include "sys/timespace/v1/storage.pb.h"
#include "tests/scenario/city_import.h"
#include "tests/scenario/container.h"

namespace mt::test {
namespace {

using testing::HasSubstr;

const ModuleName kModule{"sys_timespace"};
constexpr char kTable[] = "sys_timespace_places";

// Such as an earlier program would write and this one cannot read.
StoredEvent unreadable() { return {"PlaceRegistered", 1, "\xff\xff\xff"}; }

StoredEvent renamed(const std::string& name) {
  sys::timespace::v1::PlaceEvent event;
  event.mutable_registered()->set_name(name);
  return encode_event(event);
}

// Adds commits to streams that hold one event each, in the log of a container that is stopped.
class LogByHand {
 public:
  explicit LogByHand(const Container& container)
      : log_(std::move(LmdbLog::open_environment(container.data() / "events")).value()) {
    EXPECT_TRUE(log_->open(kModule));
  }
  void append(const std::string& place, Version before, std::vector<StoredEvent> events) {
    CommitRecord record;
    record.first = log_->head(kModule) + 1;
    record.commit.stream = {"place", place};
    record.commit.expected = before;
    record.commit.events = std::move(events);
    record.commit.command.id = {"by hand"};
    record.commit.origin.actor = "operator";
    record.time = log_->at(kModule, log_->head(kModule)).value().time;
    const LogAppend append{kModule, &record};
    EXPECT_TRUE(log_->append({&append, 1}));
  }
  Position head() const { return log_->head(kModule); }

 private:
  std::unique_ptr<LmdbLog> log_;
};

Finished expect_ok(const Finished& finished) {
  EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
  return finished;
}

void expect_verified(const Container& container) {
  EXPECT_THAT(expect_ok(container.mtctl({"projection", "verify", kTable})).out, HasSubstr("equal"));
}

TEST(Parked, CitiesAreLeftOutWhileAllOthersAreServed) {
  Container container;
  const auto cities = first_cities(kAllCities);
  {
    const Client client = Client::connect("unix:" + container.socket().string());
    CityImport import(cities);
    import.run(client, cities.size());
    import.settle();
    ASSERT_EQ(import.refusal(), "");
    container.stop();
  }
  const std::string first = cities[kAllCities / 2].place_id();
  const std::string second = cities[kAllCities * 2 / 3].place_id();
  Position bad;
  {
    LogByHand log(container);
    bad = log.head() + 1;
    log.append(first, {1}, {unreadable(), renamed("Second Name")});
    log.append(second, {1}, {unreadable()});
    log.append(cities[3].place_id(), {1}, {renamed("Renamed")});
    log.append(first, {3}, {renamed("Third Name")});
  }
  container.start();

  const std::string name_of = "sys.timespace.v1.PlaceService/Get";
  const auto place = [&](const std::string& id) {
    return expect_ok(container.mtctl({"call", name_of, R"({"place_id":")" + id + "\"}"})).out;
  };
  EXPECT_THAT(place(cities[3].place_id()), HasSubstr("Renamed")) << "behind the first that failed";
  EXPECT_THAT(place(first), HasSubstr(cities[kAllCities / 2].name()));
  EXPECT_THAT(container.mtctl({"status"}).out, HasSubstr("degraded"));
  const Finished listed = expect_ok(container.mtctl({"parked", "list"}));
  EXPECT_THAT(listed.out, HasSubstr("place/" + first));
  EXPECT_THAT(listed.out, HasSubstr("place/" + second));
  const Finished shown = expect_ok(container.mtctl({"parked", "show", kTable, "place/" + first}));
  EXPECT_THAT(shown.out, HasSubstr("position  " + std::to_string(bad.value) + " of sys_timespace"));
  EXPECT_THAT(shown.out, HasSubstr("waiting   3 events"));
  expect_verified(container);

  const Finished in_vain = container.mtctl({"parked", "retry", kTable});
  EXPECT_EQ(in_vain.exit_code, 1);
  EXPECT_THAT(in_vain.err, HasSubstr("2 streams are still parked"));
  const Finished unknown = container.mtctl({"parked", "retry", kTable, "place/nowhere"});
  EXPECT_EQ(unknown.exit_code, 3);

  // A rebuild, from a folder without tables too, meets them again.
  expect_ok(container.mtctl({"projection", "rebuild", kTable}));
  container.kill();
  std::filesystem::remove_all(container.data() / "tables");
  container.start();
  EXPECT_THAT(container.mtctl({"-o", "ndjson", "parked", "list", kTable}).out,
              HasSubstr("\"waiting\":3"));

  const auto drop = [&](const std::string& stream, const std::string& position) {
    return container.mtctl({"parked", "drop", kTable, stream, position, "--reason", "unreadable"});
  };
  EXPECT_EQ(drop("place/" + first, "1").exit_code, 5) << "it waits elsewhere";
  const Finished dropped = expect_ok(drop("place/" + first, std::to_string(bad.value)));
  EXPECT_THAT(dropped.out, HasSubstr("dropped, 2 applied, nothing waits any more"));
  EXPECT_THAT(place(first), HasSubstr("Third Name"));
  expect_ok(drop("place/" + second, std::to_string(bad.value + 2)));
  EXPECT_THAT(expect_ok(container.mtctl({"parked", "list"})).out, HasSubstr("nothing is parked"));
  EXPECT_THAT(container.mtctl({"module", "list"}).out, testing::Not(HasSubstr("degraded")));
  expect_verified(container);
  expect_ok(container.mtctl({"projection", "rebuild", kTable}));
  container.restart();
  EXPECT_THAT(expect_ok(container.mtctl({"parked", "list"})).out, HasSubstr("nothing is parked"));
  expect_verified(container);
  container.stop();
}

}  // namespace
}  // namespace mt::test
