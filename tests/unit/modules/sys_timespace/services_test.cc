// The services on a whole node in memory: who may call, what comes through the dispatcher.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "modules/sys_timespace/module.h"
#include "modules/sys_timespace/server/v1.h"
#include "tests/fixture/test_node.h"

namespace mt::sys_timespace {
namespace {

test::CallAs nobody() { return {.caller = Caller::anonymous()}; }

// Runs sys_timespace with French as its default language.
class TimespaceNode {
 public:
  TimespaceNode() { start(); }

  test::NodeStorage& storage() { return storage_; }
  test::TestNode& node() { return *node_; }
  void restart() {
    node_.reset();
    start();
  }

  template <typename Response, typename Request>
  Result<Response> call(const std::string& method, const Request& request,
                        test::CallAs as = nobody()) {
    const auto reply = node_->call("sys.timespace.v1." + method, request, std::move(as));
    if (!reply) return reply.error();
    return test::message_of<Response>(reply);
  }

  Result<v1::RegisterPlaceResponse> add_berlin(test::CallAs as = {}) {
    v1::RegisterPlaceRequest request;
    request.set_place_id("2950159");
    request.set_name("Berlin");
    request.set_country_code("DE");
    request.set_latitude(52.52437);
    request.set_longitude(13.41053);
    request.set_time_zone("Europe/Berlin");
    return call<v1::RegisterPlaceResponse>("PlaceService/RegisterPlace", request, std::move(as));
  }
  Result<v1::RegisterCountryResponse> add_germany(test::CallAs as = {}) {
    v1::RegisterCountryRequest request;
    request.set_country_code("DE");
    request.set_alpha3("DEU");
    request.set_numeric("276");
    request.set_name("Germany");
    (*request.mutable_names())["fr"] = "Allemagne";
    (*request.mutable_names())["de"] = "Deutschland";
    return call<v1::RegisterCountryResponse>("CountryService/RegisterCountry", request,
                                             std::move(as));
  }
  v1::Place nearest_to_berlin(const std::string& language) {
    v1::FindNearestRequest request;
    request.set_latitude(52.52);
    request.set_longitude(13.405);
    request.set_language(language);
    const auto found = call<v1::FindNearestResponse>("PlaceService/FindNearest", request);
    check(found && found->places_size() == 1, "Berlin is found");
    return found->places(0);
  }

 private:
  void start() {
    std::vector<Module> modules;
    modules.push_back(sys_timespace());
    static_cast<v1::Config&>(*modules.back().config()).set_default_language("fr");
    node_ = std::make_unique<test::TestNode>(storage_, std::move(modules));
    node_->must_start();
  }

  test::NodeStorage storage_;
  std::unique_ptr<test::TestNode> node_;
};

TEST(PlaceService, RegistersForThoseWhoMay) {
  TimespaceNode node;
  EXPECT_EQ(node.add_berlin(nobody()).error().code, Code::kUnauthenticated);
  EXPECT_EQ(node.add_germany(nobody()).error().code, Code::kUnauthenticated);
  const Caller user{Caller::Kind::kAccount, "ann", {}};
  EXPECT_EQ(node.add_berlin({.caller = user}).error().code, Code::kPermissionDenied);
  const auto registered = node.add_berlin();
  ASSERT_TRUE(registered) << registered.error().message;
  EXPECT_EQ(registered->place_id(), "2950159");
  EXPECT_EQ(node.add_germany()->country_code(), "DE");
  EXPECT_TRUE(node.add_berlin()) << "the same again is no other";
}

TEST(PlaceService, NamesCountriesInTheAskedOrTheConfiguredLanguage) {
  TimespaceNode node;
  ASSERT_TRUE(node.add_berlin());
  EXPECT_EQ(node.nearest_to_berlin("de").country_name(), "") << "it is not registered yet";
  ASSERT_TRUE(node.add_germany());
  EXPECT_EQ(node.nearest_to_berlin("de-AT").country_name(), "Deutschland");
  EXPECT_EQ(node.nearest_to_berlin("").country_name(), "Allemagne");
  EXPECT_EQ(node.nearest_to_berlin("sw").country_name(), "Allemagne");
  EXPECT_EQ(node.nearest_to_berlin("en").country_name(), "Germany");
}

TEST(PlaceService, AnswersByEachOfItsQueries) {
  TimespaceNode node;
  ASSERT_TRUE(node.add_berlin());
  v1::GetPlaceRequest get;
  get.set_place_id("2950159");
  EXPECT_EQ(node.call<v1::GetPlaceResponse>("PlaceService/Get", get)->place().name(), "Berlin");
  v1::FindPlacesRequest find;
  find.set_name_prefix("BÉR");
  EXPECT_EQ(node.call<v1::FindPlacesResponse>("PlaceService/Find", find)->places_size(), 1);
  EXPECT_EQ(node.call<v1::ListPlacesResponse>("PlaceService/List", v1::ListPlacesRequest())
                ->places_size(),
            1);
}

TEST(PlaceService, RefusesWhatIsNowhere) {
  TimespaceNode node;
  v1::GetPlaceRequest get;
  get.set_place_id("1");
  EXPECT_EQ(node.call<v1::GetPlaceResponse>("PlaceService/Get", get).error().code, Code::kNotFound);
  v1::FindNearestRequest nearest;
  nearest.set_latitude(200);
  nearest.set_longitude(0);
  const auto refused = node.call<v1::FindNearestResponse>("PlaceService/FindNearest", nearest);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_EQ(refused.error().violations.at(0).field, "latitude");
}

TEST(PlaceService, AnswersTheSameAfterARestart) {
  TimespaceNode node;
  ASSERT_TRUE(node.add_berlin());
  ASSERT_TRUE(node.add_germany());
  const std::string before = node.nearest_to_berlin("de").SerializeAsString();
  node.restart();
  EXPECT_EQ(node.nearest_to_berlin("de").SerializeAsString(), before);
}

TEST(CountryService, AnswersByEachOfItsQueries) {
  TimespaceNode node;
  ASSERT_TRUE(node.add_germany());
  v1::GetCountryRequest get;
  get.set_country_code("DE");
  const auto germany = node.call<v1::GetCountryResponse>("CountryService/Get", get);
  ASSERT_TRUE(germany);
  EXPECT_EQ(germany->country().name(), "Allemagne");
  EXPECT_EQ(germany->country().names().at("en"), "Germany");
  v1::ListCountriesRequest list;
  list.set_language("de");
  const auto listed = node.call<v1::ListCountriesResponse>("CountryService/List", list);
  ASSERT_EQ(listed->countries_size(), 1);
  EXPECT_EQ(listed->countries(0).name(), "Deutschland");
}

TEST(TimeService, TellsTheTimeOfTheNodesClock) {
  TimespaceNode node;
  ASSERT_TRUE(node.add_berlin());
  v1::GetLocalTimeRequest request;
  request.set_place_id("2950159");
  const auto told = [&] {
    return node.call<v1::GetLocalTimeResponse>("TimeService/GetLocalTime", request);
  };
  ASSERT_TRUE(told()) << told().error().message;
  EXPECT_EQ(told()->local().time(), "1970-01-02T01:00:00+01:00");
  node.storage().clock.advance(std::chrono::minutes(90));
  EXPECT_EQ(told()->local().time(), "1970-01-02T02:30:00+01:00");
  request.set_place_id("1");
  EXPECT_EQ(told().error().code, Code::kNotFound);
}

TEST(TimeService, ConvertsBetweenZones) {
  TimespaceNode node;
  v1::ConvertTimeRequest request;
  request.set_time("2026-03-29T02:30");
  request.set_from_zone("Europe/Berlin");
  request.set_to_zone("Asia/Tokyo");
  const auto converted = node.call<v1::ConvertTimeResponse>("TimeService/ConvertTime", request);
  ASSERT_TRUE(converted) << converted.error().message;
  EXPECT_EQ(converted->to().time(), "2026-03-29T10:30:00+09:00");
  EXPECT_EQ(converted->match(), v1::ConvertTimeResponse::MATCH_SKIPPED);
}

TEST(Tables, AreTheFoldOfTheLogByteForByte) {
  TimespaceNode node;
  ASSERT_TRUE(node.add_berlin());
  ASSERT_TRUE(node.add_germany());
  for (const std::string table :
       {"sys_timespace_places", "sys_timespace_countries", "sys_timespace_country_names"}) {
    const auto report = node.node().control().tables().verify(table, {});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->equal) << table;
    EXPECT_GT(report->rows, 0u) << table;
  }
}

}  // namespace
}  // namespace mt::sys_timespace
