#include "events/record_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mt/events/v1/commit.pb.h"
#include "tests/fixture/commits.h"

namespace mt {
namespace {

using testing::HasSubstr;

constexpr std::size_t kBodyAt = 37;
const ModuleName kModule{"mod_main"};

Hash filled(std::uint8_t byte) {
  Hash hash;
  hash.fill(byte);
  return hash;
}

// A record that uses every field.
CommitRecord full_record() {
  Commit commit = test::keyed(test::commit({"notice", "4f2"}, {6}, 2), "key-1", "reply", 0xd1);
  commit.events[1].tags = {"org:7", ""};
  commit.origin = {"account-1", "admin-2", "corr-3", "mod_main:41"};
  commit.taken = {{"title", "Grüße"}};
  commit.released = {{"title", "Hello"}};
  return test::record({42}, commit);
}

void expect_equal(const CommitRecord& read, const CommitRecord& written) {
  EXPECT_EQ(read.first, written.first);
  EXPECT_EQ(read.hash, written.hash);
  EXPECT_EQ(read.time, written.time);
  EXPECT_EQ(read.commit.stream, written.commit.stream);
  EXPECT_EQ(read.commit.expected, written.commit.expected);
  EXPECT_EQ(read.commit.events, written.commit.events);
  EXPECT_EQ(read.commit.command, written.commit.command);
  EXPECT_EQ(read.commit.origin, written.commit.origin);
  EXPECT_EQ(read.commit.taken, written.commit.taken);
  EXPECT_EQ(read.commit.released, written.commit.released);
}

void expect_damage(const Result<CommitRecord>& read, Position first) {
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kDataLoss);
  EXPECT_THAT(read.error().message,
              HasSubstr("position " + std::to_string(first.value) + " of mod_main's log"));
}

// What someone who changes a record on purpose would do too.
std::string with_new_checksum(std::string bytes) {
  std::uint32_t crc = crc32c(std::string_view(bytes).substr(4));
  for (std::size_t i = 0; i < 4; ++i, crc >>= 8) bytes[i] = static_cast<char>(crc & 0xff);
  return bytes;
}

TEST(RecordCodec, GivesBackWhatItWrote) {
  CommitRecord written = full_record();
  const std::string bytes = encode_record(written, filled(9));
  const auto read = decode_record(kModule, {42}, bytes, filled(9));
  ASSERT_TRUE(read) << read.error().message;
  expect_equal(*read, written);
  EXPECT_EQ(read->last(), Position{43});
  EXPECT_EQ(read->last_version(), Version{8});
}

TEST(RecordCodec, WritesTheBodyAsProtobufWould) {
  test::RandomCommits random(20'240'101);
  for (int i = 0; i < 2'000; ++i) {
    CommitRecord written = random.next();
    const std::string bytes = encode_record(written, filled(1));
    events::v1::CommitBody body;
    ASSERT_TRUE(body.ParseFromString(bytes.substr(kBodyAt)));
    ASSERT_EQ(body.SerializeAsString(), bytes.substr(kBodyAt));
    const auto read = decode_record(kModule, written.first, bytes, filled(1));
    ASSERT_TRUE(read) << read.error().message;
    expect_equal(*read, written);
  }
}

// The format of logs that lie on disks: when this fails, old logs cannot be read any more.
TEST(RecordCodec, KeepsItsFormat) {
  CommitRecord written = full_record();
  const std::string bytes = encode_record(written, Hash{});
  EXPECT_EQ(to_hex(bytes),
            "1402ab3901fe8ffb2ec6c7eac4f46414d3489dab02531fa706cbe6f1f3de0c71c07f3806b00a066e"
            "6f746963651203346632180722130a045061696410031a097061796c6f61642037221c0a04506169"
            "6410031a097061796c6f6164203822056f72673a3722002a056b65792d3130013a10d1d1d1d1d1d1"
            "d1d1d1d1d1d1d1d1d1d142057265706c794a096163636f756e742d31520761646d696e2d325a0663"
            "6f72722d33620b6d6f645f6d61696e3a343168aa80a8b1e39fe7cb1772100a057469746c65120747"
            "72c3bcc39f657a0e0a057469746c65120548656c6c6f82010e6d742e74657374732e5265706c79");
}

TEST(RecordCodec, LeavesTheReplyOfACommandWithoutKeyOut) {
  Commit commit = test::keyed(test::commit({"notice", "1"}, {0}), "id", "reply");
  commit.command.keyed = false;
  CommitRecord written = test::record({1}, commit);
  const auto read = decode_record(kModule, {1}, encode_record(written, {}), {});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->commit.command, (CommandRef{{"id"}, false, {}, "", ""}));
}

TEST(RecordCodec, NeverServesARecordWithAFlippedBit) {
  CommitRecord written = full_record();
  std::string bytes = encode_record(written, filled(9));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    const char flip = static_cast<char>(1 << (bit % 8));
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ flip);
    expect_damage(decode_record(kModule, {42}, bytes, filled(9)), {42});
    EXPECT_FALSE(decode_hash(kModule, {42}, bytes));
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ flip);
  }
}

TEST(RecordCodec, NeverServesATruncatedRecord) {
  CommitRecord written = full_record();
  const std::string bytes = encode_record(written, filled(9));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    expect_damage(decode_record(kModule, {42}, bytes.substr(0, size), filled(9)), {42});
    EXPECT_FALSE(decode_hash(kModule, {42}, bytes.substr(0, size)));
  }
  expect_damage(decode_record(kModule, {42}, bytes + '\0', filled(9)), {42});
}

TEST(RecordCodec, FindsAChangeThatCarriesARightChecksum) {
  CommitRecord written = full_record();
  const std::string bytes = encode_record(written, filled(9));
  for (std::size_t at = 4; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x20);
    expect_damage(decode_record(kModule, {42}, with_new_checksum(changed), filled(9)), {42});
  }
}

TEST(RecordCodec, FindsARecordThatStandsInAnotherPlace) {
  CommitRecord written = full_record();
  const std::string bytes = encode_record(written, filled(9));
  expect_damage(decode_record(kModule, {41}, bytes, filled(9)), {41});
  expect_damage(decode_record(kModule, {42}, bytes, filled(8)), {42});
  EXPECT_TRUE(decode_hash(kModule, {42}, bytes));
}

TEST(RecordCodec, RefusesABodyThatIsNoCommit) {
  // Rightly chained and checksummed, but without an event.
  CommitRecord empty = full_record();
  empty.commit.events.clear();
  expect_damage(decode_record(kModule, {42}, encode_record(empty, filled(9)), filled(9)), {42});
}

TEST(RecordCodec, ChainsEachRecordToAllBefore) {
  CommitRecord first = full_record();
  CommitRecord second = full_record();
  second.first = {44};
  encode_record(first, Hash{});
  encode_record(second, first.hash);
  const Hash after_first = second.hash;
  first.commit.events[0].payload += "!";
  encode_record(first, Hash{});
  encode_record(second, first.hash);
  EXPECT_NE(second.hash, after_first);
}

}  // namespace
}  // namespace mt
