// A table of the world's cities that is not what the log says: verify names the rows, a rebuild
// mends them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "events/lmdb/lmdb_kv.h"
#include "sys/timespace/v1/places.pb.h"
#include "tests/scenario/city_import.h"
#include "tests/scenario/container.h"

namespace mt::test {
namespace {

using sys::timespace::v1::Place;
using testing::HasSubstr;

constexpr char kTable[] = "sys_timespace_places";

// Changes rows of the table behind the back of a container that is stopped.
void change_rows(const Container& container, const std::string& renamed, const std::string& gone) {
  const auto env = LmdbKv::open_environment(container.data() / "tables", {}).value();
  const StoreId rows = env->open(std::string(kTable) + "@2").value();
  ASSERT_TRUE(env->write([&](KvWriter& kv) -> Result<void> {
    Place place;
    const auto bytes = kv.get(rows, renamed);
    if (!bytes || !place.ParseFromString(std::string(*bytes))) return internal("no such row");
    place.set_name("Nowhere");
    kv.put(rows, renamed, place.SerializeAsString());
    if (!kv.erase(rows, gone)) return internal("no such row");
    place.set_name("Atlantis");
    kv.put(rows, "zz-atlantis", place.SerializeAsString());
    return {};
  }));
}

TEST(Verify, NamesTheCitiesThatAreNotWhatTheLogSays) {
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
  const auto& renamed = cities[kAllCities / 3];
  const auto& gone = cities[kAllCities / 2];
  change_rows(container, renamed.place_id(), gone.place_id());
  container.start();

  const Finished wrong = container.mtctl({"projection", "verify", kTable});
  EXPECT_EQ(wrong.exit_code, 1) << wrong.out << wrong.err;
  EXPECT_THAT(wrong.out, HasSubstr("1 missing, 1 surplus, 1 different"));
  EXPECT_THAT(wrong.out, HasSubstr("missing    row " + gone.place_id()));
  EXPECT_THAT(wrong.out, HasSubstr("surplus    row zz-atlantis"));
  EXPECT_THAT(wrong.out,
              HasSubstr("different  row " + renamed.place_id() +
                        "  name \"Nowhere\" in the table, \"" + renamed.name() + "\" by the log"));
  EXPECT_THAT(container.mtctl({"-o", "json", "projection", "verify", kTable}).out,
              HasSubstr("\"surplus\": 1"));

  EXPECT_EQ(container.mtctl({"projection", "rebuild", kTable}).exit_code, 0);
  const Finished right = container.mtctl({"projection", "verify", "--all"});
  EXPECT_EQ(right.exit_code, 0) << right.out << right.err;
  container.stop();
}

}  // namespace
}  // namespace mt::test
