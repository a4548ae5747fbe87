#include "events/memory/overlay_stores.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace mt {
namespace {

constexpr StoreId kRows{3};
constexpr StoreId kOther{4};

using Entries = std::vector<std::pair<std::string, std::string>>;

// Two letters at most, so that keys meet often and one begins with another.
std::string any_key(std::mt19937& random) {
  std::string key(1, static_cast<char>('a' + random() % 6));
  if (random() % 2 == 0) key += static_cast<char>('a' + random() % 6);
  return key;
}

Entries scanned(const KvReader& kv, const std::string& prefix, const std::string& after,
                Order order, std::size_t most) {
  Entries found;
  kv.scan(kRows, prefix, after, order, [&](std::string_view key, std::string_view value) {
    found.emplace_back(key, value);
    return found.size() < most ? Scan::kGoOn : Scan::kStop;
  });
  return found;
}

Entries ranged(const KvReader& kv, const std::string& from, const std::string& to) {
  Entries found;
  kv.range(kRows, from, to, [&](std::string_view key, std::string_view value) {
    found.emplace_back(key, value);
    return Scan::kGoOn;
  });
  return found;
}

// What was laid down, as a copy in the environment would show it.
std::unique_ptr<KvReader> laid_down(const OverlayStores& overlay) {
  auto below = std::make_unique<MemoryStores>();
  for (const StoreId store : {kRows, kOther}) {
    overlay.scan(store, {}, {}, Order::kForward, [&](std::string_view key, std::string_view value) {
      below->put(store, key, value);
      return Scan::kGoOn;
    });
  }
  return below;
}

void change(std::mt19937& random, OverlayStores& overlay, MemoryStores& plain) {
  const std::string key = any_key(random);
  const auto what = random() % 100;
  if (what < 60) {
    const std::string value = std::to_string(random() % 1000);
    overlay.put(kRows, key, value);
    plain.put(kRows, key, value);
  } else if (what < 99) {
    EXPECT_EQ(overlay.erase(kRows, key), plain.erase(kRows, key)) << key;
  } else {
    overlay.clear(kRows);
    plain.clear(kRows);
  }
}

void expect_same(std::mt19937& random, const OverlayStores& overlay, const MemoryStores& plain) {
  const std::string key = any_key(random);
  EXPECT_EQ(overlay.get(kRows, key), plain.get(kRows, key)) << key;
  EXPECT_EQ(overlay.size(kRows), plain.size(kRows));
  const std::string prefix = random() % 2 == 0 ? "" : key.substr(0, 1);
  const std::string after = random() % 2 == 0 ? "" : prefix + any_key(random);
  const std::size_t most = 1 + random() % 12;
  for (const Order order : {Order::kForward, Order::kBackward}) {
    EXPECT_EQ(scanned(overlay, prefix, after, order, most),
              scanned(plain, prefix, after, order, most))
        << "prefix " << prefix << " after " << after;
  }
  const std::string to = any_key(random);
  EXPECT_EQ(ranged(overlay, key, to), ranged(plain, key, to)) << key << " to " << to;
}

TEST(OverlayStores, AreReadAsIfTheChangesHadBeenMadeBelow) {
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    OverlayStores overlay;
    MemoryStores plain;
    for (int i = 0; i < 120; ++i) {
      change(random, overlay, plain);
      expect_same(random, overlay, plain);
      if (i % 40 == 39) {
        auto below = laid_down(overlay);
        overlay.forget_changes();
        overlay.lay_over(std::move(below));
        EXPECT_EQ(overlay.bytes(), 0u);
        expect_same(random, overlay, plain);
      }
      ASSERT_FALSE(testing::Test::HasFailure()) << "round " << round << ", change " << i;
    }
  }
}

TEST(OverlayStores, KeepStoresApartAndSayWhatIsToBeLaidDown) {
  OverlayStores overlay;
  auto below = std::make_unique<MemoryStores>();
  below->put(kRows, "old", "1");
  below->put(kOther, "old", "2");
  overlay.lay_over(std::move(below));
  EXPECT_TRUE(overlay.erase(kRows, "old"));
  EXPECT_FALSE(overlay.erase(kRows, "old"));
  EXPECT_EQ(overlay.get(kOther, "old"), "2");
  overlay.put(kOther, "new", "3");
  EXPECT_EQ(overlay.erased_from(kRows).size(), 1u);
  EXPECT_EQ(overlay.put_in(kOther).size(), 1u);
  EXPECT_EQ(overlay.erased_from(kOther).size(), 0u);
  overlay.put(kRows, "old", "4");
  EXPECT_EQ(overlay.erased_from(kRows).size(), 0u) << "what is put again is not erased";
  EXPECT_GT(overlay.bytes(), 0u);
}

TEST(OverlayStores, TellTheFaultOfWhatLiesBelow) {
  OverlayStores overlay;
  auto below = std::make_unique<MemoryStores>();
  below->fail(data_loss("a page cannot be read"));
  overlay.lay_over(std::move(below));
  EXPECT_EQ(overlay.status().error().code, Code::kDataLoss);
}

}  // namespace
}  // namespace mt
