// What becomes of a log whose bytes changed on the disk: it is never served, and its position is
// named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/lmdb/stored_log.h"

namespace mt {
namespace {

using test::kModule;
using test::StoredLog;
using testing::HasSubstr;
using Firsts = std::vector<Position>;

void expect_data_loss(const Result<void>& outcome, std::uint64_t position) {
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::kDataLoss) << outcome.error().message;
  EXPECT_THAT(outcome.error().message,
              HasSubstr("position " + std::to_string(position) + " of mod_main's log"));
}

Result<void> as_outcome(Result<CommitRecord> record) {
  if (!record) return std::move(record).error();
  return {};
}

// Records at 1 (two events), 3, 4 (three events), 7, 8.
class DamagedLog : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::size_t events : {2u, 1u, 3u, 1u, 1u}) ASSERT_TRUE(stored_.append(events));
  }
  LmdbLog& log() { return stored_.log(); }

  StoredLog stored_;
  Firsts served_;
};

TEST_F(DamagedLog, AFlippedBitIsFoundAndNamedByItsPosition) {
  std::mt19937 random(3);
  for (int i = 0; i < 24; ++i) {
    std::size_t bit = 0;
    const auto flip = [&](std::string& bytes) {
      if (bit == 0) bit = random() % (bytes.size() * 8);
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    };
    stored_.change_record({4}, flip);
    ASSERT_TRUE(stored_.open()) << "its end is sound";
    expect_data_loss(stored_.scan({1}, served_), 4);
    EXPECT_EQ(served_, (Firsts{{1}, {3}})) << "what stands before is served";
    for (const std::uint64_t position : {4u, 5u, 6u}) {
      expect_data_loss(as_outcome(log().at(kModule, {position})), 4);
    }
    expect_data_loss(stored_.scan({5}, served_), 4);
    EXPECT_TRUE(served_.empty());
    EXPECT_TRUE(log().at(kModule, {3}));
    EXPECT_TRUE(log().at(kModule, {8})) << "what stands behind it is sound";
    stored_.change_record({4}, flip);
    ASSERT_TRUE(stored_.open());
    EXPECT_TRUE(stored_.scan({1}, served_));
    EXPECT_EQ(served_.size(), 5u);
  }
}

TEST_F(DamagedLog, ALogWithADamagedEndDoesNotOpen) {
  stored_.change_record({8}, [](std::string& bytes) { bytes.back() ^= 1; });
  expect_data_loss(stored_.open(), 8);
}

TEST_F(DamagedLog, AMissingRecordIsNotSkipped) {
  stored_.remove_record({4});
  ASSERT_TRUE(stored_.open());
  expect_data_loss(stored_.scan({1}, served_), 4);
  EXPECT_EQ(served_, (Firsts{{1}, {3}}));
  // The record before was once given in its place.
  for (const std::uint64_t position : {4u, 5u, 6u}) {
    expect_data_loss(as_outcome(log().at(kModule, {position})), position);
    expect_data_loss(stored_.scan({position}, served_), position);
    EXPECT_TRUE(served_.empty());
  }
  expect_data_loss(as_outcome(log().at(kModule, {7})), 7);
}

TEST_F(DamagedLog, AMissingBeginningIsNotSkipped) {
  stored_.remove_record({1});
  ASSERT_TRUE(stored_.open());
  expect_data_loss(stored_.scan({0}, served_), 1);
  expect_data_loss(as_outcome(log().at(kModule, {2})), 2);
  expect_data_loss(as_outcome(log().at(kModule, {3})), 3);
  EXPECT_TRUE(log().at(kModule, {4}));
}

TEST_F(DamagedLog, ARecordInThePlaceOfAnotherIsFound) {
  std::string third;
  stored_.change_record({3}, [&](std::string& bytes) { third = bytes; });
  stored_.change_record({4}, [&](std::string& bytes) { bytes = third; });
  ASSERT_TRUE(stored_.open());
  expect_data_loss(stored_.scan({1}, served_), 4);
  EXPECT_EQ(served_, (Firsts{{1}, {3}}));
}

TEST_F(DamagedLog, AKeyThatIsNoPositionIsFound) {
  stored_.change([](MDB_txn* txn, MDB_dbi database) {
    const std::string odd(5, '\0');
    MDB_val key = to_val(odd), value = to_val("x");
    ASSERT_EQ(mdb_put(txn, database, &key, &value, 0), 0);
  });
  ASSERT_TRUE(stored_.open());
  EXPECT_FALSE(log().at(kModule, {1})) << "what stands before it is damaged";
  EXPECT_TRUE(log().at(kModule, {3}));
}

TEST_F(DamagedLog, AnEmptyRecordIsFound) {
  stored_.change_record({3}, [](std::string& bytes) { bytes.clear(); });
  ASSERT_TRUE(stored_.open());
  expect_data_loss(stored_.scan({1}, served_), 3);
  EXPECT_EQ(log().stored_bytes(kModule, {3}), 0u);
}

}  // namespace
}  // namespace mt
