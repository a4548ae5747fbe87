// The body of a record is written and read without protobuf's message objects: what protobuf itself
// says of the same bytes is the measure.
#include "events/commit_body.h"

#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include "mt/events/v1/commit.pb.h"
#include "tests/fixture/commits.h"

namespace mt {
namespace {

using events::v1::CommitBody;

std::string written(const CommitRecord& record) {
  std::string bytes;
  append_commit_body(record, bytes);
  return bytes;
}

// What was read, written again: a comparison of all fields.
std::string read_again(std::string_view bytes) {
  const auto record = parse_commit_body({1}, bytes);
  return record ? written(*record) : "not read";
}

bool protobuf_reads(const std::string& bytes) {
  CommitBody body;
  return body.ParseFromString(bytes) && body.events_size() > 0 && body.first_version() > 0;
}

TEST(CommitBody, IsReadToTheSameValues) {
  test::RandomCommits random(1);
  for (int i = 0; i < 2'000; ++i) {
    const std::string bytes = written(random.next());
    ASSERT_EQ(read_again(bytes), bytes);
  }
}

TEST(CommitBody, IsReadUpToEachLengthThatProtobufReads) {
  test::RandomCommits random(2);
  for (int i = 0; i < 20; ++i) {
    const std::string bytes = written(random.next());
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
      const std::string part = bytes.substr(0, size);
      ASSERT_EQ(parse_commit_body({1}, part).has_value(), protobuf_reads(part)) << size;
    }
  }
}

TEST(CommitBody, PassesOverFieldsThatItDoesNotKnow) {
  test::RandomCommits random(3);
  for (int i = 0; i < 200; ++i) {
    const std::string bytes = written(random.next());
    CommitBody body;
    ASSERT_TRUE(body.ParseFromString(bytes));
    for (auto* fields :
         {body.GetReflection()->MutableUnknownFields(&body),
          body.mutable_events(0)->GetReflection()->MutableUnknownFields(body.mutable_events(0))}) {
      fields->AddVarint(100, random.below(1'000'000));
      fields->AddFixed32(101, 1);
      fields->AddFixed64(102, 2);
      fields->AddLengthDelimited(103, random.bytes(300));
      fields->AddVarint(1, 7);  // a number in the place of a text
    }
    ASSERT_EQ(read_again(body.SerializeAsString()), bytes);
  }
}

TEST(CommitBody, TakesTheLastOfAFieldThatComesTwice) {
  CommitRecord record = test::record({1}, test::commit(test::stream("one"), {4}));
  CommitBody more;
  more.set_entity_id("two");
  more.set_first_version(9);
  const auto read = parse_commit_body({1}, written(record) + more.SerializeAsString());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->commit.stream.id, "two");
  EXPECT_EQ(read->commit.expected, Version{8});
}

TEST(CommitBody, ReadsNoBytesThatAreNoFields) {
  const std::string good = written(test::record({1}, test::commit(test::stream("a"), {0})));
  const std::string broken[] = {
      "",
      std::string(1, '\0'),           // field 0
      good + std::string("\x0b", 1),  // a group
      good + std::string("\x0f", 1),  // a type that there is not
      good + std::string("\x0a\x05"
                         "abc"),       // longer than what is left
      good + std::string(11, '\xff'),  // a number without an end
      good + std::string("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
      good + std::string("\x22\x02\x0a\x09"),  // an event that is none
      good + std::string("\x72\x02\x0a\x09"),  // a claim that is none
  };
  for (const std::string& bytes : broken) {
    EXPECT_FALSE(parse_commit_body({1}, bytes)) << testing::PrintToString(bytes);
  }
}

// Whatever the bytes, reading ends, and within them: the sanitizers watch.
TEST(CommitBody, SurvivesAnyBytes) {
  test::RandomCommits random(4);
  for (int i = 0; i < 5'000; ++i) {
    std::string bytes = written(random.next());
    for (std::size_t flips = random.below(4) + 1; flips > 0; --flips) {
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    }
    (void)parse_commit_body({1}, bytes);
    (void)parse_commit_body({1}, random.bytes(60));
  }
}

}  // namespace
}  // namespace mt
