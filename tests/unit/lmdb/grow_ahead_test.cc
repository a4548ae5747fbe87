#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include "events/lmdb/lmdb_kv.h"
#include "tests/fixture/temp_folder.h"

namespace mt {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

class GrowAhead : public testing::Test {
 protected:
  GrowAhead() { open(); }

  void open() {
    kv_.reset();
    kv_ =
        LmdbKv::open_environment(folder_.path(), {.map_bytes = 256 * kMiB, .may_undo_last = false})
            .value();
    store_ = kv_->open("store").value();
  }
  void put(const std::string& key, std::size_t value_bytes) {
    ASSERT_TRUE(kv_->write([&](KvWriter& kv) -> Result<void> {
      kv.put(store_, key, std::string(value_bytes, 'v'));
      return {};
    }));
  }
  std::uint64_t file_bytes() const {
    return std::filesystem::file_size(folder_.path() / "data.mdb");
  }

  test::TempFolder folder_;
  std::unique_ptr<LmdbKv> kv_;
  StoreId store_;
};

TEST_F(GrowAhead, SmallCommitsSeldomMakeTheFileLonger) {
  std::set<std::uint64_t> sizes;
  for (int i = 0; i < 300; ++i) {
    put("key " + std::to_string(i), 3000);
    sizes.insert(file_bytes());
  }
  EXPECT_LE(sizes.size(), 4u) << "about a megabyte came in, and half a megabyte is kept ahead";
}

TEST_F(GrowAhead, ALargeCommitIsFollowedByRoomAgain) {
  put("large", 20 * kMiB);
  put("small", 1);
  EXPECT_GE(file_bytes(), 24 * kMiB) << "a quarter of what is used is kept ahead";
}

TEST_F(GrowAhead, WhatIsKeptAheadIsNoneOfTheData) {
  put("key", 10);
  const std::uint64_t before = file_bytes();
  open();
  const auto reader = kv_->read();
  EXPECT_EQ(reader->size(store_), 1u);
  EXPECT_EQ(reader->get(store_, "key"), std::string(10, 'v'));
  put("another", 10);
  EXPECT_EQ(file_bytes(), before) << "what an earlier process kept ahead is used first";
}

}  // namespace
}  // namespace mt
