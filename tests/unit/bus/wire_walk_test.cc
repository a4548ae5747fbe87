#include "bus/wire_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "bus/protobuf_log.h"
#include "bus/validation.h"
#include "tests/proto/bus_rules.pb.h"
#include "tests/unit/bus/parsed.h"

namespace mt::tests::bus {
namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text.push_back(static_cast<char>(value));
  return text;
}

std::string fault(const std::string& wire) {
  const auto found = find_wire_fault(*Ruled::descriptor(), wire);
  return found ? found->field + ": " + found->description : "none";
}

TEST(WireWalk, FindsNothingInWhatIsAMessage) {
  const auto message = parsed<Ruled>(
      "plain: 'é' blob: '\\377' count: -1 latitude: 1.5 ratio: 0.5 tags: ['a'] "
      "names: {key: 'de' value: 'x'} list: {title: 'a'} samples: [1, 2] colours: [COLOUR_RED] "
      "wrapped: {value: 'x'}");
  EXPECT_EQ(fault(message.SerializeAsString()), "none");
  EXPECT_EQ(fault(""), "none");
  EXPECT_EQ(fault(bytes({0xf8, 0x07, 0x01})), "none");  // an unknown field, from a newer client
}

TEST(WireWalk, NamesTheFieldWhereTheBytesBreak) {
  const std::string sized(1, '\x0a');
  EXPECT_EQ(fault(bytes({0x80})), ": breaks off in a field's tag, at byte 0");
  EXPECT_EQ(fault(bytes({0x00, 0x00})), ": has a field numbered 0, at byte 0");
  EXPECT_EQ(fault(bytes({0x38, 0x80})), "count: breaks off in its number, at byte 1");
  EXPECT_EQ(fault(bytes({0x49, 1, 2, 3})), "latitude: breaks off in its eight bytes, at byte 1");
  EXPECT_EQ(fault(bytes({0x55, 1, 2})), "ratio: breaks off in its four bytes, at byte 1");
  EXPECT_EQ(fault(bytes({0x12, 5, 'a'})), "plain: is longer than the message has bytes, at byte 1");
  EXPECT_EQ(fault(bytes({0x12, 3, 'a', 0xff, 'b'})), "plain: is not valid UTF-8 at its byte 1");
  EXPECT_EQ(fault(bytes({0x13})), "plain: is a group, which this message has none of, at byte 1");
  EXPECT_EQ(fault(bytes({0x16})), "plain: has an unknown wire type, at byte 1");
  EXPECT_EQ(fault(bytes({0xf8, 0x07, 0x80})), "field 127: breaks off in its number, at byte 2");
}

TEST(WireWalk, GivesPathsIntoRepeatedFieldsAndMessages) {
  const std::string list = bytes({0x92, 0x01});
  EXPECT_EQ(fault(list + bytes({0}) + list + bytes({3, 0x0a, 1, 0xff})),
            "list[1].title: is not valid UTF-8 at its byte 0");
  EXPECT_EQ(fault(bytes({0x62, 1, 'a', 0x62, 1, 0xff})),
            "tags[1]: is not valid UTF-8 at its byte 0");
  EXPECT_EQ(fault(bytes({0x6a, 3, 0x12, 1, 0xff})),
            "names.value: is not valid UTF-8 at its byte 0");
  EXPECT_EQ(fault(bytes({0xc2, 0x01, 7, 1, 2, 3, 4, 5, 6, 7})),
            "samples[0]: breaks off in a number");
  EXPECT_EQ(fault(bytes({0xca, 0x01, 2, 1, 0x80})), "colours[0]: breaks off in a number");
}

TEST(WireWalk, EndsInAMessageThatIsNestedTooDeep) {
  std::string nested;
  for (int i = 0; i < 110; ++i) {
    std::string length;
    for (std::size_t rest = nested.size();; rest >>= 7) {
      length.push_back(static_cast<char>((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0)));
      if (rest <= 0x7f) break;
    }
    nested = "\x12" + length + nested;  // Tree.children
  }
  Tree tree;
  ASSERT_FALSE(tree.ParseFromString(nested));
  const auto found = find_wire_fault(*Tree::descriptor(), nested);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->description, "is nested deeper than 100 messages");
}

// Whatever protobuf refuses, the walk explains, and it never reads past the end.
TEST(WireWalk, ExplainsEveryMutationThatProtobufRefuses) {
  route_protobuf_log();
  const std::string good =
      parsed<Ruled>(
          "plain: 'é' blob: 'ab' count: 5 latitude: 1.5 tags: ['a', 'b'] "
          "names: {key: 'de' value: 'x'} numbered: {key: 4 value: {title: 'abc'}} "
          "list: {title: 'a'} samples: [1, 2] tree: {children: {label: 'a'}}")
          .SerializeAsString();
  std::mt19937 random(20240229);
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string wire = good;
    for (int changes = 0; changes < 2; ++changes)
      wire[random() % wire.size()] = static_cast<char>(random());
    if (random() % 4 == 0) wire.resize(random() % wire.size());
    Ruled message;
    const bool parses = message.ParseFromString(wire);
    const auto found = find_wire_fault(*Ruled::descriptor(), wire);
    if (!parses) {
      ++refused;
      EXPECT_TRUE(found.has_value()) << testing::PrintToString(wire);
    }
  }
  EXPECT_GT(refused, 1000);
}

TEST(ParseFailure, NamesFieldAndReason) {
  const Error error = explain_parse_failure(*Ruled::descriptor(), bytes({0x12, 3, 'a', 0xff, 'b'}));
  EXPECT_EQ(error.code, Code::kInvalidArgument);
  EXPECT_EQ(error.message, "plain: is not valid UTF-8 at its byte 1");
  EXPECT_THAT(error.violations,
              testing::ElementsAre(FieldViolation{"plain", "is not valid UTF-8 at its byte 1"}));
}

TEST(ParseFailure, SaysWhatTheBytesShouldBeWhenNoFieldCanBeTold) {
  EXPECT_EQ(explain_parse_failure(*Ruled::descriptor(), bytes({0x80})).message,
            "the request is not a mt.tests.bus.Ruled: it breaks off in a field's tag, at byte 0");
}

}  // namespace
}  // namespace mt::tests::bus
