#include "bus/validation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests/proto/bus_rules.pb.h"
#include "tests/unit/bus/parsed.h"

namespace mt::tests::bus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// "path: description" of each violation, in their order.
template <typename T>
std::vector<std::string> violations(const T& message) {
  const auto validator = Validator::compile(*T::descriptor());
  EXPECT_TRUE(validator) << validator.error().message;
  const auto outcome = validator->validate(message);
  std::vector<std::string> texts;
  if (outcome) return texts;
  EXPECT_EQ(outcome.error().code, Code::kInvalidArgument);
  for (const auto& violation : outcome.error().violations)
    texts.push_back(violation.field + ": " + violation.description);
  EXPECT_THAT(texts, testing::Not(IsEmpty()));
  return texts;
}

TEST(Validator, AcceptsAnEmptyMessageOfOptionalFields) {
  EXPECT_THAT(violations(Ruled()), IsEmpty());
}

TEST(Validator, AcceptsWhatKeepsTheRules) {
  for (const char* text : {
           "sized: 'ab'",
           "sized: 'abcd'",
           "sized: 'äöüß'",
           "sized: '日本語𝄞'",
           "pattern: 'AB'",
           "pattern: '7'",
           "email: 'ada@example.org'",
           "email: 'ädä@exämple.org'",
           "identifier: '0a.b_c-d'",
           "blob: 'ab'",
           "blob: '\\377\\376'",
           "count: -1",
           "count: 10",
           "large: 9007199254740992",
           "latitude: 90",
           "latitude: -90",
           "ratio: 1",
           "ratio: -0.0",
           "colour: COLOUR_BLUE",
           "tags: ['a', 'bc', 'z']",
           "names: {key: 'de' value: 'Köln'}",
           "numbered: {key: -7 value: {title: 'abcde'}}",
           "inner: {title: '12345'}",
           "inner: {}",
           "word: 'abc'",
           "nested: {}",
           "wrapped: {value: 'x'}",
           "wrapped: {}",
           "tree: {children: {children: {label: 'abc'}}}",
           "samples: [0, 0.5, 1]",
           "free: nan",
           "free: inf",
           "secret: 'abc'",
       })
    EXPECT_THAT(violations(parsed<Ruled>(text)), IsEmpty()) << text;
}

struct Case {
  const char* message;
  const char* violation;
};

TEST(Validator, SaysWhichFieldBreaksWhichRule) {
  const Case cases[] = {
      {"sized: ''", "sized: must have at least 2 characters, has 0"},
      {"sized: 'ä'", "sized: must have at least 2 characters, has 1"},
      {"sized: 'abcde'", "sized: must have at most 4 characters, has 5"},
      {"sized: '日本語日本'", "sized: must have at most 4 characters, has 5"},
      {"pattern: 'ABC'", "pattern: must match [A-Z]{2}|[0-9]"},
      {"pattern: 'AB\\n'", "pattern: must match [A-Z]{2}|[0-9]"},
      {"pattern: '77'", "pattern: must match [A-Z]{2}|[0-9]"},
      {"email: 'ada'", "email: must be an e-mail address, like name@example.org"},
      {"identifier: 'Ada'",
       "identifier: must be an identifier: 1 to 64 of a-z, 0-9, '.', '_', '-', the first a letter "
       "or a digit"},
      {"blob: 'a'", "blob: must have at least 2 bytes, has 1"},
      {"blob: 'ää1'", "blob: must have at most 4 bytes, has 5"},
      {"count: -2", "count: must be from -1 to 10, is -2"},
      {"count: 11", "count: must be from -1 to 10, is 11"},
      {"large: 9007199254740993", "large: must be from 0 to 9007199254740992, is 9007199254740993"},
      {"large: 100000000000000000",
       "large: must be from 0 to 9007199254740992, is 100000000000000000"},
      {"latitude: 200", "latitude: must be from -90 to 90, is 200"},
      {"latitude: 90.00000000000001", "latitude: must be from -90 to 90, is 90.00000000000001"},
      {"latitude: nan", "latitude: must be from -90 to 90, is not a number"},
      {"latitude: inf", "latitude: must be from -90 to 90, is inf"},
      {"latitude: -inf", "latitude: must be from -90 to 90, is -inf"},
      {"ratio: nan", "ratio: must be from 0 to 1, is not a number"},
      {"ratio: inf", "ratio: must be from 0 to 1, is inf"},
      {"colour: COLOUR_UNSPECIFIED",
       "colour: must be a declared value of Colour other than 0, is 0"},
      {"colours: [COLOUR_RED, COLOUR_UNSPECIFIED]",
       "colours[1]: must be a declared value of Colour other than 0, is 0"},
      {"tags: ['a', 'b', 'c', 'd']", "tags: must have at most 3 elements, has 4"},
      {"tags: ['a', 'B']", "tags[1]: must match [a-z]+"},
      {"names: {key: 'a'} names: {key: 'b'} names: {key: 'c'}",
       "names: must have at most 2 elements, has 3"},
      {"numbered: {key: -7 value: {title: 'abcdef'}}",
       "numbered[-7].title: must have at most 5 characters, has 6"},
      {"flagged: {key: true value: {title: 'abcdef'}}",
       "flagged[true].title: must have at most 5 characters, has 6"},
      {"counted: {key: 18446744073709551615 value: {title: 'abcdef'}}",
       "counted[18446744073709551615].title: must have at most 5 characters, has 6"},
      {"inner: {title: 'abcdef'}", "inner.title: must have at most 5 characters, has 6"},
      {"list: {} list: {title: 'abcdef'}", "list[1].title: must have at most 5 characters, has 6"},
      {"word: ''", "word: must have at least 1 characters, has 0"},
      {"word: 'abcd'", "word: must have at most 3 characters, has 4"},
      {"nested: {title: 'abcdef'}", "nested.title: must have at most 5 characters, has 6"},
      {"tree: {children: {} children: {children: {label: 'abcd'}}}",
       "tree.children[1].children[0].label: must have at most 3 characters, has 4"},
      {"samples: [0, nan]", "samples[1]: must be from 0 to 1, is not a number"},
      {"secret: 'abcd'", "secret: must have at most 3 characters"},
      {"secret_number: 6", "secret_number: must be from 0 to 5"},
  };
  for (const auto& [message, violation] : cases)
    EXPECT_THAT(violations(parsed<Ruled>(message)), ElementsAre(violation)) << message;
}

TEST(Validator, LimitsStringsWithoutARuleTo1024Characters) {
  Ruled message;
  std::string long_name;
  for (int i = 0; i < 1024; ++i) long_name += "é";
  message.set_plain(long_name);
  EXPECT_THAT(violations(message), IsEmpty());
  message.set_plain(long_name + "e");
  EXPECT_THAT(violations(message),
              ElementsAre("plain: must have at most 1024 characters, has 1025"));
  message.Clear();
  message.mutable_wrapped()->set_value(std::string(10'000, 'x'));
  EXPECT_THAT(violations(message),
              ElementsAre("wrapped.value: must have at most 1024 characters, has 10000"));
  message.Clear();
  (*message.mutable_names())["de"] = std::string(1025, 'x');
  EXPECT_THAT(violations(message),
              ElementsAre("names[de]: must have at most 1024 characters, has 1025"));
  message.Clear();
  (*message.mutable_names())[std::string(1025, 'k')] = "x";
  EXPECT_THAT(violations(message), ElementsAre(HasSubstr("its key must have at most 1024")));
}

TEST(Validator, RefusesInvalidUtf8OfInProcessCallers) {
  Ruled message;
  message.set_plain("ab\xff");
  message.add_tags("\xc3");
  (*message.mutable_names())["de"] = "\xed\xa0\x80";
  (*message.mutable_names())["\x80"] = "x";
  EXPECT_THAT(violations(message),
              testing::UnorderedElementsAre("plain: is not valid UTF-8 at byte 2",
                                            "tags[0]: is not valid UTF-8 at byte 0",
                                            "names[de]: is not valid UTF-8 at byte 0",
                                            HasSubstr("its key is not valid UTF-8 at byte 0")));
}

TEST(Validator, RefusesAnEnumValueThatIsNotDeclared) {
  Ruled message;
  message.set_colour(static_cast<Colour>(77));
  EXPECT_THAT(violations(message),
              ElementsAre("colour: must be a declared value of Colour other than 0, is 77"));
}

TEST(Validator, AsksForEveryRequiredField) {
  EXPECT_THAT(violations(Needed()),
              ElementsAre("text: is required", "optional_text: is required", "blob: is required",
                          "number: is required", "optional_number: is required",
                          "flag: is required", "colour: is required", "inner: is required",
                          "list: is required: at least one element",
                          "map: is required: at least one element", "word: is required",
                          "wrapped: is required"));
}

constexpr char kComplete[] =
    "text: 'a' optional_text: 'a' blob: 'a' number: 1 optional_number: 1 flag: true "
    "colour: COLOUR_RED inner: {} list: [''] map: {key: 'a' value: 0} word: 'a' wrapped: {}";

TEST(Validator, IsContentWithRequiredFieldsThatAreSet) {
  EXPECT_THAT(violations(parsed<Needed>(kComplete)), IsEmpty());
}

TEST(Validator, TakesAPresentZeroOfANumberAndNoEmptyString) {
  auto message = parsed<Needed>(kComplete);
  message.set_optional_number(0);
  EXPECT_THAT(violations(message), IsEmpty());
  message.set_optional_text("");
  message.set_word("");
  EXPECT_THAT(violations(message), ElementsAre("optional_text: is required", "word: is required"));
  message = parsed<Needed>(kComplete);
  message.set_other(3);  // the oneof's other member takes the place of `word`
  EXPECT_THAT(violations(message), ElementsAre("word: is required"));
}

TEST(Validator, ReportsAllViolationsAtOnce) {
  const auto message =
      parsed<Ruled>("email: 'x' count: 11 inner: {title: 'abcdef'} tags: ['A', 'b', 'C']");
  EXPECT_THAT(violations(message),
              ElementsAre(HasSubstr("email"), HasSubstr("count"), HasSubstr("tags[0]"),
                          HasSubstr("tags[2]"), HasSubstr("inner.title")));
  const auto outcome = Validator::compile(*Ruled::descriptor())->validate(message);
  EXPECT_THAT(outcome.error().message, testing::StartsWith("5 fields break their rules: email"));
  EXPECT_THAT(outcome.error().message, testing::EndsWith("and 2 more"));
}

TEST(Validator, SummarisesASingleViolationByItself) {
  const auto outcome =
      Validator::compile(*Ruled::descriptor())->validate(parsed<Ruled>("count: 11"));
  EXPECT_EQ(outcome.error().message, "count: must be from -1 to 10, is 11");
}

TEST(Validator, BoundsTheNumberOfViolationsThatItReports) {
  Ruled message;
  for (int i = 0; i < 150; ++i) message.add_list()->set_title("abcdef");
  EXPECT_EQ(violations(message).size(), 100u);
  const auto outcome = Validator::compile(*Ruled::descriptor())->validate(message);
  EXPECT_THAT(outcome.error().message, testing::StartsWith("150 fields break their rules"));
}

TEST(Validator, ChecksNothingOfATypeWithoutRules) {
  EXPECT_THAT(violations(parsed<Free>("number: 3 blob: '\\377' inside: {inside: {}}")), IsEmpty());
}

struct Mistake {
  const google::protobuf::Descriptor* type;
  const char* says;
};

TEST(Validator, RefusesRulesThatCannotBe) {
  const Mistake mistakes[] = {
      {LengthOfNumber::descriptor(), "LengthOfNumber.value: min_len and max_len are for strings"},
      {LengthsCrossed::descriptor(), "LengthsCrossed.value: min_len is above max_len"},
      {PatternOfBytes::descriptor(), "PatternOfBytes.value: pattern, email and identifier are for"},
      {EmailOfNumber::descriptor(), "EmailOfNumber.value: pattern, email and identifier are for"},
      {IdentifierOfMessage::descriptor(), "IdentifierOfMessage.value: pattern, email and"},
      {BadPattern::descriptor(), "BadPattern.value: pattern a(b does not compile"},
      {BoundsOfString::descriptor(), "BoundsOfString.value: bounded is for numbers"},
      {BoundsOfBool::descriptor(), "BoundsOfBool.value: bounded is for numbers"},
      {BoundsNotMeant::descriptor(), "BoundsNotMeant.value: at_least and at_most need bounded"},
      {BoundsCrossed::descriptor(), "BoundsCrossed.value: at_least is above at_most"},
      {DefinedNumber::descriptor(), "DefinedNumber.value: defined_only is for enums"},
      {MistakeInside::descriptor(), "BadPattern.value: pattern a(b does not compile"},
  };
  for (const auto& [type, says] : mistakes) {
    const auto validator = Validator::compile(*type);
    ASSERT_FALSE(validator) << type->name();
    EXPECT_EQ(validator.error().code, Code::kInternal);
    EXPECT_THAT(validator.error().message, HasSubstr(says));
  }
}

TEST(Validator, ClearsSecretsWhereverTheyAre) {
  auto message = parsed<Secrets>(
      "name: 'a' key: 'k' one: {name: 'b' password: 'p' before: {password: 'q' name: 'c'}} "
      "many: {password: 'r'} many: {name: 'd'} by_name: {key: 'x' value: {password: 's' name: "
      "'e'}} "
      "whole: {name: 'f'} counts: {key: 'y' value: 3}");
  const auto validator = Validator::compile(*Secrets::descriptor());
  EXPECT_TRUE(validator->has_secrets());
  validator->clear_secrets(message);
  EXPECT_EQ(message.ShortDebugString(),
            parsed<Secrets>("name: 'a' one: {name: 'b' before: {name: 'c'}} many: {} "
                            "many: {name: 'd'} by_name: {key: 'x' value: {name: 'e'}} "
                            "counts: {key: 'y' value: 3}")
                .ShortDebugString());
}

TEST(Validator, KnowsATypeWithoutSecrets) {
  EXPECT_FALSE(Validator::compile(*Tree::descriptor())->has_secrets());
}

}  // namespace
}  // namespace mt::tests::bus
