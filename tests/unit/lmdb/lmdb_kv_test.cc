#include "events/lmdb/lmdb_kv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fixture/temp_folder.h"

namespace mt {
namespace {

using testing::HasSubstr;

class LmdbKvOf : public testing::Test {
 protected:
  void open(LmdbOptions options) {
    kv_ = LmdbKv::open_environment(folder_.path(), options).value();
    store_ = kv_->open("store").value();
  }
  Result<void> put(const std::string& key, const std::string& value) {
    return kv_->write([&](KvWriter& kv) -> Result<void> {
      kv.put(store_, key, value);
      return {};
    });
  }

  test::TempFolder folder_;
  std::unique_ptr<LmdbKv> kv_;
  StoreId store_;
};

// This once ended the process.
TEST_F(LmdbKvOf, WithoutAFreeReaderAReadFindsNothingAndSaysSo) {
  open({.map_bytes = 16 << 20, .may_undo_last = true, .max_readers = 3});
  ASSERT_TRUE(put("key", "value"));
  std::vector<std::unique_ptr<KvReader>> readers;
  for (int i = 0; i < 3; ++i) readers.push_back(kv_->read());
  for (const auto& reader : readers) EXPECT_TRUE(reader->status());
  const auto one_more = kv_->read();
  ASSERT_FALSE(one_more->status());
  EXPECT_EQ(one_more->status().error().code, Code::kResourceExhausted);
  EXPECT_THAT(one_more->status().error().message, HasSubstr("too many readers at once"));
  EXPECT_FALSE(one_more->get(store_, "key"));
  EXPECT_EQ(one_more->size(store_), 0u);
  int visited = 0;
  for (const Order order : {Order::kForward, Order::kBackward}) {
    one_more->scan(store_, "", "", order, [&](std::string_view, std::string_view) {
      ++visited;
      return Scan::kGoOn;
    });
  }
  EXPECT_EQ(visited, 0);
  EXPECT_EQ(one_more->status().error().code, Code::kResourceExhausted) << "the first fault stays";

  readers.pop_back();
  const auto again = kv_->read();
  EXPECT_TRUE(again->status());
  EXPECT_EQ(again->get(store_, "key"), "value");
}

TEST_F(LmdbKvOf, UsesItsReadersAgain) {
  open({.map_bytes = 16 << 20, .may_undo_last = true, .max_readers = 2});
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(put("key", std::to_string(i)));
    const auto one = kv_->read(), two = kv_->read();
    EXPECT_EQ(one->get(store_, "key"), std::to_string(i));
    EXPECT_EQ(two->get(store_, "key"), std::to_string(i));
  }
}

TEST_F(LmdbKvOf, AFullMapFailsTheWriteAndLeavesAllAsItWas) {
  open({.map_bytes = 256 << 10, .may_undo_last = true});
  ASSERT_TRUE(put("key", "before"));
  const auto full = kv_->write([&](KvWriter& kv) -> Result<void> {
    kv.put(store_, "key", "after");
    for (int i = 0; i < 100; ++i) kv.put(store_, std::to_string(i), std::string(10'000, 'x'));
    EXPECT_FALSE(kv.status());
    EXPECT_FALSE(kv.get(store_, "key")) << "the transaction is lost";
    return {};
  });
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Code::kResourceExhausted);
  EXPECT_EQ(kv_->read()->get(store_, "key"), "before");
  EXPECT_TRUE(put("key", "after")) << "less still finds room";
}

TEST_F(LmdbKvOf, AReadOfAStoreThatIsNotThereIsAFaultAndNoAbsence) {
  open({.map_bytes = 16 << 20, .may_undo_last = true});
  const auto reader = kv_->read();
  EXPECT_FALSE(reader->get({77}, "key"));
  EXPECT_FALSE(reader->status());
  const auto written = kv_->write([&](KvWriter& kv) -> Result<void> {
    (void)kv.get({77}, "key");
    kv.put(store_, "key", "value");
    return {};
  });
  EXPECT_FALSE(written) << "what was written may rest on it";
  EXPECT_FALSE(kv_->read()->get(store_, "key"));
}

}  // namespace
}  // namespace mt
