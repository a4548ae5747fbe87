#include "modules/sys_timespace/server/wall_clock.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/fixture/given.h"

namespace mt::sys_timespace {
namespace {

using Answer = v1::ConvertTimeResponse;

Result<Answer> converted(const std::string& time, const std::string& from, const std::string& to) {
  v1::ConvertTimeRequest request;
  request.set_time(time);
  request.set_from_zone(from);
  request.set_to_zone(to);
  return convert(request);
}

TEST(WallClock, IsToldInAnotherZone) {
  const auto answer = converted("2026-07-01T09:00", "Europe/Berlin", "Asia/Tokyo");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->from().time(), "2026-07-01T09:00:00+02:00");
  EXPECT_EQ(answer->from().abbreviation(), "CEST");
  EXPECT_EQ(answer->from().utc_offset_seconds(), 7200);
  EXPECT_TRUE(answer->from().daylight_saving());
  EXPECT_EQ(answer->to().time(), "2026-07-01T16:00:00+09:00");
  EXPECT_EQ(answer->to().time_zone(), "Asia/Tokyo");
  EXPECT_FALSE(answer->to().daylight_saving());
  EXPECT_EQ(answer->match(), Answer::MATCH_UNIQUE);
}

TEST(WallClock, IsToldAcrossTheDateLine) {
  const auto answer = converted("2026-01-01T00:30", "Pacific/Kiritimati", "Pacific/Pago_Pago");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->to().time(), "2025-12-30T23:30:00-11:00");
}

TEST(WallClock, ReadsASkippedTimeWithTheOffsetBeforeTheJump) {
  const auto answer = converted("2026-03-29T02:30", "Europe/Berlin", "UTC");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->match(), Answer::MATCH_SKIPPED);
  EXPECT_EQ(answer->from().time(), "2026-03-29T03:30:00+02:00");
  EXPECT_EQ(answer->to().time(), "2026-03-29T01:30:00+00:00");
}

TEST(WallClock, ReadsARepeatedTimeAsTheFirstOfTheTwo) {
  const auto answer = converted("2026-10-25T02:30", "Europe/Berlin", "UTC");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->match(), Answer::MATCH_REPEATED);
  EXPECT_EQ(answer->from().time(), "2026-10-25T02:30:00+02:00");
  EXPECT_EQ(answer->to().time(), "2026-10-25T00:30:00+00:00");
}

TEST(WallClock, TellsTheEdgesOfAChangeOnce) {
  EXPECT_EQ(converted("2026-03-29T01:59:59", "Europe/Berlin", "UTC")->match(),
            Answer::MATCH_UNIQUE);
  EXPECT_EQ(converted("2026-03-29T02:00:00", "Europe/Berlin", "UTC")->match(),
            Answer::MATCH_SKIPPED);
  EXPECT_EQ(converted("2026-03-29T03:00:00", "Europe/Berlin", "UTC")->match(),
            Answer::MATCH_UNIQUE);
  EXPECT_EQ(converted("2026-10-25T02:59:59", "Europe/Berlin", "UTC")->match(),
            Answer::MATCH_REPEATED);
  EXPECT_EQ(converted("2026-10-25T03:00:00", "Europe/Berlin", "UTC")->match(),
            Answer::MATCH_UNIQUE);
}

TEST(WallClock, KnowsAWholeDayThatASkipTook) {
  // Samoa went from the 29th to the 31st of December 2011.
  const auto answer = converted("2011-12-30T12:00", "Pacific/Apia", "UTC");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->match(), Answer::MATCH_SKIPPED);
  EXPECT_EQ(answer->from().time(), "2011-12-31T12:00:00+14:00");
}

TEST(WallClock, KeepsFractionsOfASecond) {
  const auto answer = converted("2026-07-01T09:00:01.5", "Europe/Berlin", "UTC");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->to().time(), "2026-07-01T07:00:01.5+00:00");
  EXPECT_EQ(converted("2026-07-01T09:00:01.123456789", "UTC", "UTC")->to().time(),
            "2026-07-01T09:00:01.123456789+00:00");
}

TEST(WallClock, IsRefusedWhenItsTextIsNone) {
  for (const std::string text : {"",
                                 "now",
                                 "2026-07-01",
                                 "2026-07-01 09:00",
                                 "2026-7-1T09:00",
                                 "2026-07-01T9:00",
                                 "2026-07-01T09:00Z",
                                 "2026-07-01T09:00+02:00",
                                 "2026-07-01T24:00",
                                 "2026-07-01T09:60",
                                 "2026-07-01T09:00:60",
                                 "2026-02-29T09:00",
                                 "2026-13-01T09:00",
                                 "2026-00-01T09:00",
                                 "0000-01-01T00:00",
                                 "2026-07-01T09:00:",
                                 "2026-07-01T09:00:00.",
                                 "2026-07-01T09:00:00.1234567890",
                                 "2026-07-01T09:00:00.1x",
                                 "-026-07-01T09:00",
                                 " 2026-07-01T09:00"}) {
    const auto answer = converted(text, "UTC", "UTC");
    ASSERT_FALSE(answer) << text;
    EXPECT_EQ(answer.error().violations.at(0).field, "time") << text;
  }
  EXPECT_TRUE(converted("2024-02-29T09:00", "UTC", "UTC"));
}

TEST(WallClock, NamesTheZoneThatIsNone) {
  EXPECT_EQ(converted("2026-07-01T09:00", "Mars", "UTC").error().violations.at(0).field,
            "from_zone");
  EXPECT_EQ(converted("2026-07-01T09:00", "UTC", "Mars").error().violations.at(0).field, "to_zone");
}

TEST(WallClock, EndsWithTheYearsThatHaveFourDigits) {
  EXPECT_EQ(converted("9999-12-31T23:59", "UTC", "UTC")->to().time(), "9999-12-31T23:59:00+00:00");
  EXPECT_EQ(converted("9999-12-31T23:59", "UTC", "Asia/Tokyo").error().code, Code::kOutOfRange);
  EXPECT_EQ(converted("0001-01-01T00:00", "UTC", "America/New_York").error().code,
            Code::kOutOfRange);
}

v1::Place place_in(const std::string& zone) {
  v1::Place place;
  place.set_place_id("2950159");
  place.set_time_zone(zone);
  return place;
}

TEST(LocalTime, IsThatOfTheAskedInstantOrOfNow) {
  const Time now = test::at_second(1'700'000'000);
  v1::GetLocalTimeRequest request;
  EXPECT_EQ(local_time(place_in("Europe/Berlin"), request, now)->local().time(),
            "2023-11-14T23:13:20+01:00");
  request.mutable_at()->set_seconds(0);
  EXPECT_EQ(local_time(place_in("Europe/Berlin"), request, now)->local().time(),
            "1970-01-01T01:00:00+01:00");
  request.mutable_at()->set_seconds(1'782'900'000);
  request.mutable_at()->set_nanos(250'000'000);
  EXPECT_EQ(local_time(place_in("Asia/Kathmandu"), request, now)->local().time(),
            "2026-07-01T15:45:00.25+05:45");
}

TEST(LocalTime, IsNotKnownWithoutAZone) {
  for (const std::string zone : {"", "Europe/Atlantis"}) {
    const auto answer = local_time(place_in(zone), {}, Time{});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kFailedPrecondition);
    EXPECT_NE(answer.error().message.find("2950159"), std::string::npos);
  }
}

TEST(LocalTime, RefusesInstantsThatAreNone) {
  v1::GetLocalTimeRequest request;
  const auto refused = [&](std::int64_t seconds, std::int32_t nanos) {
    request.mutable_at()->set_seconds(seconds);
    request.mutable_at()->set_nanos(nanos);
    const auto answer = local_time(place_in("UTC"), request, Time{});
    return !answer && answer.error().code == Code::kInvalidArgument &&
           answer.error().violations.at(0).field == "at";
  };
  EXPECT_TRUE(refused(253'402'300'800, 0));
  EXPECT_TRUE(refused(-62'135'596'801, 0));
  EXPECT_TRUE(refused(0, -1));
  EXPECT_TRUE(refused(0, 1'000'000'000));
  EXPECT_FALSE(refused(253'402'300'799, 999'999'999));
}

}  // namespace
}  // namespace mt::sys_timespace
