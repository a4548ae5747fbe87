#include "modules/sys_timespace/server/wall_clock.h"

#include <absl/strings/string_view.h>

#include <cstdint>
#include <optional>

#include "modules/sys_timespace/server/zones.h"

namespace mt::sys_timespace {
namespace {

constexpr std::int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kLastSecond = 253'402'300'799;   // 9999-12-31T23:59:59Z
constexpr std::int32_t kNanosPerSecond = 1'000'000'000;

// Takes texts apart from left to right; after the first surprise all it gives is 0.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return fail();
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }

  bool take(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char expected) {
    if (!take(expected)) fail();
  }

  // Decimals to the end of the text, one to nine, in nanoseconds.
  std::int64_t decimals() {
    const std::size_t count = rest_.size();
    if (count == 0 || count > 9) return fail();
    std::int64_t value = digits(count);
    for (std::size_t i = count; i < 9; ++i) value *= 10;
    return value;
  }

  bool ended_well() const { return ok_ && rest_.empty(); }

 private:
  int fail() {
    ok_ = false;
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

struct Fields {
  int year, month, day, hour, minute, second;
};

// A civil time carries what is too much into the next field: 31 April becomes 1 May.
bool is_as_written(const absl::CivilSecond& civil, const Fields& fields) {
  return fields.year >= 1 && civil.year() == fields.year && civil.month() == fields.month &&
         civil.day() == fields.day && civil.hour() == fields.hour &&
         civil.minute() == fields.minute && civil.second() == fields.second;
}

v1::ConvertTimeResponse::Match match_of(const absl::TimeZone::TimeInfo& info) {
  switch (info.kind) {
    case absl::TimeZone::TimeInfo::UNIQUE:
      return v1::ConvertTimeResponse::MATCH_UNIQUE;
    case absl::TimeZone::TimeInfo::SKIPPED:
      return v1::ConvertTimeResponse::MATCH_SKIPPED;
    case absl::TimeZone::TimeInfo::REPEATED:
      return v1::ConvertTimeResponse::MATCH_REPEATED;
  }
  return v1::ConvertTimeResponse::MATCH_UNSPECIFIED;
}

}  // namespace

Result<WallClock> parse_wall_clock(std::string_view text) {
  Reader reader(text);
  Fields fields{};
  fields.year = reader.digits(4);
  reader.expect('-');
  fields.month = reader.digits(2);
  reader.expect('-');
  fields.day = reader.digits(2);
  reader.expect('T');
  fields.hour = reader.digits(2);
  reader.expect(':');
  fields.minute = reader.digits(2);
  std::int64_t nanos = 0;
  if (reader.take(':')) {
    fields.second = reader.digits(2);
    if (reader.take('.')) nanos = reader.decimals();
  }
  const absl::CivilSecond civil(fields.year, fields.month, fields.day, fields.hour, fields.minute,
                                fields.second);
  if (!reader.ended_well() || !is_as_written(civil, fields)) {
    return invalid_field("time", "\"" + std::string(text) +
                                     "\" is not a wall-clock time; write it like "
                                     "2026-03-29T02:30:00, without an offset");
  }
  return WallClock{civil, absl::Nanoseconds(nanos)};
}

Result<absl::Time> instant_of(const std::string& field,
                              const google::protobuf::Timestamp& timestamp) {
  const bool in_range = timestamp.seconds() >= kFirstSecond && timestamp.seconds() <= kLastSecond &&
                        timestamp.nanos() >= 0 && timestamp.nanos() < kNanosPerSecond;
  if (!in_range) return invalid_field(field, "must lie in the years 0001 to 9999");
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

Result<v1::LocalTime> tell(absl::Time instant, absl::TimeZone zone) {
  const absl::TimeZone::CivilInfo info = zone.At(instant);
  if (info.cs.year() < 1 || info.cs.year() > 9999) {
    return Error{
        Code::kOutOfRange,
        "in " + zone.name() + " it is not a year from 0001 to 9999 then; ask for another time"};
  }
  v1::LocalTime local;
  local.set_time(absl::FormatTime("%E4Y-%m-%d%ET%H:%M:%E*S%Ez", instant, zone));
  local.set_time_zone(zone.name());
  local.set_abbreviation(info.zone_abbr);
  local.set_utc_offset_seconds(info.offset);
  local.set_daylight_saving(info.is_dst);
  return local;
}

Result<v1::GetLocalTimeResponse> local_time(const v1::Place& place,
                                            const v1::GetLocalTimeRequest& request, Time now) {
  const std::optional<absl::TimeZone> zone = find_zone(place.time_zone());
  if (!zone) {
    return failed_precondition("the time zone of place " + place.place_id() +
                               (place.time_zone().empty()
                                    ? " is not known"
                                    : ", " + place.time_zone() + ", is not known to this system"));
  }
  absl::Time instant = absl::FromChrono(now);
  if (request.has_at()) {
    MT_TRY(instant, instant_of("at", request.at()));
  }
  v1::GetLocalTimeResponse response;
  MT_TRY(*response.mutable_local(), tell(instant, *zone));
  return response;
}

Result<v1::ConvertTimeResponse> convert(const v1::ConvertTimeRequest& request) {
  MT_TRY(const WallClock clock, parse_wall_clock(request.time()));
  MT_TRY(const absl::TimeZone from, zone_of("from_zone", request.from_zone()));
  MT_TRY(const absl::TimeZone to, zone_of("to_zone", request.to_zone()));
  const absl::TimeZone::TimeInfo info = from.At(clock.second);
  // `pre` reads the clock with the offset before a change: in a repeat that is its first time.
  const absl::Time instant = info.pre + clock.fraction;
  v1::ConvertTimeResponse response;
  MT_TRY(*response.mutable_from(), tell(instant, from));
  MT_TRY(*response.mutable_to(), tell(instant, to));
  response.set_match(match_of(info));
  return response;
}

}  // namespace mt::sys_timespace
