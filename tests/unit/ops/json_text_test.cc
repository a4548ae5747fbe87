#include "ops/mtctl/json_text.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/proto/client_echo.pb.h"

namespace mt::mtctl {
namespace {

using testing::HasSubstr;
using testing::Not;
using tests::client::Values;

Values filled() {
  Values values;
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      R"({"text":"Grüße \"x\"\n","unsigned_long":"18446744073709551615",
          "signed_long":"-9223372036854775808","unsigned_int":7,"real":52.52,"small_real":0.1,
          "flag":true,"raw":"AP/+","colour":"COLOUR_RED","many":["1","2"],
          "by_name":{"b":"2","a":"-1"},"by_number":{"10":"ten","9":"nine"},
          "inner":{"text":"in"},"time":"2026-01-31T09:30:00.250Z","span":"1.500s",
          "payload":{"z":1,"a":[true,null,"x",{"k":1.5}]},"perhaps":"0","list":[{"number":"3"}]})",
      &values);
  EXPECT_TRUE(parsed.ok()) << parsed.ToString();
  return values;
}

TEST(JsonText, WritesEveryKindOfValue) {
  EXPECT_EQ(to_json(filled()),
            R"({"text":"Grüße \"x\"\n","unsigned_long":18446744073709551615,)"
            R"("signed_long":-9223372036854775808,"unsigned_int":7,"real":52.52,"small_real":0.1,)"
            R"("flag":true,"raw":"AP/+","colour":"COLOUR_RED","many":[1,2],)"
            R"("by_name":{"a":-1,"b":2},"by_number":{"10":"ten","9":"nine"},)"
            R"("inner":{"text":"in","number":0},"time":"2026-01-31T09:30:00.250Z",)"
            R"("span":"1.500s","payload":{"a":[true,null,"x",{"k":1.5}],"z":1},"perhaps":0,)"
            R"("list":[{"text":"","number":3}]})");
}

TEST(JsonText, ShowsFieldsWithoutAValueButNotAbsentOnes) {
  EXPECT_EQ(to_json(Values()),
            R"({"text":"","unsigned_long":0,"signed_long":0,"unsigned_int":0,"real":0,)"
            R"("small_real":0,"flag":false,"raw":"","colour":"COLOUR_UNSPECIFIED","many":[],)"
            R"("by_name":{},"by_number":{},"list":[]})");
}

TEST(JsonText, IsReadBackByProtobuf) {
  Values back;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(to_json(filled()), &back).ok());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(back, filled()));
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(indented(to_json(filled())), &back).ok());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(back, filled()));
}

TEST(JsonText, PadsBytesAsBase64) {
  Values values;
  for (const auto& [raw, text] : {std::pair{"a", "YQ=="}, {"ab", "YWI="}, {"abc", "YWJj"}}) {
    values.set_raw(raw);
    EXPECT_THAT(to_json(values), HasSubstr("\"raw\":\"" + std::string(text) + "\""));
  }
}

TEST(JsonText, WritesNumbersThatJsonLacksAsTexts) {
  Values values;
  values.set_real(std::nan(""));
  EXPECT_THAT(to_json(values), HasSubstr(R"("real":"NaN")"));
  values.set_real(-std::numeric_limits<double>::infinity());
  EXPECT_THAT(to_json(values), HasSubstr(R"("real":"-Infinity")"));
}

TEST(JsonText, WritesAnUndeclaredEnumAsItsNumber) {
  Values values;
  values.set_colour(static_cast<tests::client::Colour>(9));
  EXPECT_THAT(to_json(values), HasSubstr(R"("colour":9)"));
}

TEST(JsonText, EscapesWhatSteersATerminal) {
  EXPECT_EQ(quoted("\x1b[2J\u009b\x7f\\"), R"("\u001b[2J\u009b\u007f\\")");
  EXPECT_EQ(quoted("東京 ä"), "\"東京 ä\"");
}

TEST(JsonText, LaysOutOnManyLines) {
  EXPECT_EQ(indented(R"({"a":1,"b":[],"c":{},"d":["x,{}:\"[",{"e":null}]})"),
            "{\n"
            "  \"a\": 1,\n"
            "  \"b\": [],\n"
            "  \"c\": {},\n"
            "  \"d\": [\n"
            "    \"x,{}:\\\"[\",\n"
            "    {\n"
            "      \"e\": null\n"
            "    }\n"
            "  ]\n"
            "}");
  EXPECT_EQ(indented("{}"), "{}");
  EXPECT_EQ(indented(R"({"a":1})", 1), "  {\n    \"a\": 1\n  }");
}

}  // namespace
}  // namespace mt::mtctl
