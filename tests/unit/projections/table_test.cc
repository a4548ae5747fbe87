#include "projections/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "events/memory/memory_kv.h"
#include "projections/table_hash.h"
#include "tests/fixture/ledger.h"

namespace mt {
namespace {

using test::LedgerRow;
using testing::ElementsAre;
using testing::IsEmpty;

LedgerRow row_of(const std::string& id, const std::string& owner, std::int64_t cents) {
  LedgerRow row;
  row.set_id(id);
  row.set_owner(owner);
  row.set_cents(cents);
  return row;
}

class TableOf : public testing::Test {
 protected:
  void SetUp() override {
    table_.bind(table_.open(kv_, 1).value());
    write([&](KvWriter& kv) {
      table_.put(kv, row_of("1", "bob", 30));
      table_.put(kv, row_of("2", "ann", -5));
      table_.put(kv, row_of("3", "ann", 70));
      table_.put(kv, row_of("4", "", 0));
      table_.put(kv, row_of("5", "anna", 30));
    });
  }
  void write(const std::function<void(KvWriter&)>& change) {
    const auto written = kv_.write([&](KvWriter& kv) -> Result<void> {
      change(kv);
      return {};
    });
    ASSERT_TRUE(written) << written.error().message;
  }
  std::vector<std::string> ids(std::string_view index, std::string_view prefix,
                               Order order = Order::kForward) {
    std::vector<std::string> found;
    const auto page = table_.page(*kv_.read(), index, prefix, {}, order);
    EXPECT_TRUE(page);
    for (const LedgerRow& row : page->rows) found.push_back(row.id());
    return found;
  }
  std::vector<std::string> in_range(std::string_view index, const std::string& from,
                                    const std::string& to) {
    std::vector<std::string> found;
    table_.range(*kv_.read(), index, from, to, [&](const LedgerRow& row) {
      found.push_back(row.id());
      return Scan::kGoOn;
    });
    return found;
  }

  MemoryKv kv_;
  Table<LedgerRow> table_ = test::ledger_table("mod_main_ledger");
};

TEST_F(TableOf, NamesItsStoresByTableVersionAndIndex) {
  EXPECT_EQ(table_.stores(),
            (std::vector<StoreId>{kv_.open("mod_main_ledger@1").value(),
                                  kv_.open("mod_main_ledger@1.by_owner").value(),
                                  kv_.open("mod_main_ledger@1.by_cents").value()}));
  EXPECT_EQ(table_.open(kv_, 2).value()[0], kv_.open("mod_main_ledger@2").value());
}

TEST_F(TableOf, GetsARowByItsKey) {
  EXPECT_EQ(table_.get(*kv_.read(), "3")->cents(), 70);
  EXPECT_FALSE(table_.get(*kv_.read(), "33"));
  EXPECT_EQ(table_.size(*kv_.read()), 5u);
}

TEST_F(TableOf, ListsRowsInTheOrderOfAnIndex) {
  EXPECT_THAT(ids("", ""), ElementsAre("1", "2", "3", "4", "5"));
  EXPECT_THAT(ids("", "", Order::kBackward), ElementsAre("5", "4", "3", "2", "1"));
  EXPECT_THAT(ids("by_cents", ""), ElementsAre("2", "4", "1", "5", "3"));
  EXPECT_THAT(ids("by_owner", ""), ElementsAre("2", "3", "5", "1")) << "4 has no owner";
}

TEST_F(TableOf, ListsTheRowsWhoseIndexKeyBeginsWithAPrefix) {
  EXPECT_THAT(ids("by_owner", Key().text("ann")), ElementsAre("2", "3"));
  EXPECT_THAT(ids("by_owner", Key().prefix_of_text("ann")), ElementsAre("2", "3", "5"));
  EXPECT_THAT(ids("by_owner", Key().text("an")), IsEmpty());
  EXPECT_THAT(ids("by_owner", Key().text("ann"), Order::kBackward), ElementsAre("3", "2"));
}

TEST_F(TableOf, VisitsARangeOfAnIndex) {
  EXPECT_THAT(in_range("by_cents", Key().i64(0), Key().i64(31)), ElementsAre("4", "1", "5"));
  EXPECT_THAT(in_range("by_cents", Key().i64(-9), Key().i64(-4)), ElementsAre("2"));
  EXPECT_THAT(in_range("", "2", "4"), ElementsAre("2", "3"));
  std::vector<std::string> keys;
  table_.keys(*kv_.read(), "by_cents", Key().i64(0), Key().i64(31),
              [&](std::string_view index_key, std::string_view key) {
                EXPECT_EQ(index_key, std::string(Key().i64(keys.empty() ? 0 : 30)));
                keys.emplace_back(key);
                return keys.size() < 2 ? Scan::kGoOn : Scan::kStop;
              });
  EXPECT_THAT(keys, ElementsAre("4", "1"));
}

TEST_F(TableOf, MovesARowInItsIndexes) {
  write([&](KvWriter& kv) { table_.put(kv, row_of("3", "carl", -70)); });
  EXPECT_THAT(ids("by_cents", ""), ElementsAre("3", "2", "4", "1", "5"));
  EXPECT_THAT(ids("by_owner", ""), ElementsAre("2", "5", "1", "3"));
  write([&](KvWriter& kv) { table_.put(kv, row_of("3", "", -70)); });
  EXPECT_THAT(ids("by_owner", ""), ElementsAre("2", "5", "1"));
  write([&](KvWriter& kv) { table_.put(kv, row_of("4", "zoe", 0)); });
  EXPECT_THAT(ids("by_owner", ""), ElementsAre("2", "5", "1", "4"));
}

TEST_F(TableOf, ErasesARowWithItsIndexEntries) {
  write([&](KvWriter& kv) {
    EXPECT_TRUE(table_.erase(kv, "3"));
    EXPECT_FALSE(table_.erase(kv, "3"));
  });
  EXPECT_THAT(ids("by_cents", ""), ElementsAre("2", "4", "1", "5"));
  for (const StoreId store : table_.stores()) EXPECT_LE(kv_.read()->size(store), 4u);
}

TEST_F(TableOf, PagesThroughEachOrder) {
  for (const char* index : {"", "by_cents", "by_owner"}) {
    for (const Order order : {Order::kForward, Order::kBackward}) {
      const auto all = ids(index, "", order);
      for (std::uint32_t size = 1; size <= 6; ++size) {
        std::vector<std::string> seen;
        PageRequest request{size, "", 1};
        do {
          const auto page = table_.page(*kv_.read(), index, "", request, order).value();
          EXPECT_LE(static_cast<std::uint32_t>(page.rows.size()), size);
          for (const LedgerRow& row : page.rows) seen.push_back(row.id());
          request.token = page.next_token;
        } while (!request.token.empty());
        EXPECT_EQ(seen, all) << index << " by " << size;
      }
    }
  }
}

TEST_F(TableOf, PagesWithinItsPrefixWhateverTheTokenSays) {
  PageRequest request{10, encode_page_token(1, Key().text("aaa").bytes()), 1};
  const auto page = table_.page(*kv_.read(), "by_owner", Key().text("ann"), request);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->rows.size(), 2u);
}

TEST_F(TableOf, RefusesATokenOfAnotherQuery) {
  const PageRequest request{2, encode_page_token(1, "key"), 2};
  const auto page = table_.page(*kv_.read(), "", "", request);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, Code::kInvalidArgument);
}

TEST_F(TableOf, ServesPagesOfBoundedSize) {
  write([&](KvWriter& kv) {
    for (int i = 0; i < 1'500; ++i) table_.put(kv, row_of("x" + std::to_string(i), "o", i));
  });
  EXPECT_EQ(table_.page(*kv_.read(), "", "", {0, "", 1})->rows.size(), kDefaultPageSize);
  EXPECT_EQ(table_.page(*kv_.read(), "", "", {100'000, "", 1})->rows.size(), kMaxPageSize);
}

// A reader whose reads fail: what it finds is not there, and status() says so.
class FailingReader final : public KvReader {
 public:
  explicit FailingReader(std::unique_ptr<KvReader> kv) : kv_(std::move(kv)) {}
  Result<void> status() const override { return data_loss("a page is damaged"); }
  void fail(Error) const override {}
  std::optional<std::string_view> get(StoreId, std::string_view) const override {
    return std::nullopt;
  }
  void scan(StoreId store, std::string_view prefix, std::string_view after, Order order,
            const KvVisitor& visit) const override {
    kv_->scan(store, prefix, after, order, visit);
  }
  void range(StoreId store, std::string_view from, std::string_view to,
             const KvVisitor& visit) const override {
    kv_->range(store, from, to, visit);
  }
  std::uint64_t size(StoreId store) const override { return kv_->size(store); }

 private:
  std::unique_ptr<KvReader> kv_;
};

TEST_F(TableOf, AFailedReadIsAnErrorAndNotTheEndOfTheProcess) {
  const FailingReader failing(kv_.read());
  const auto page = table_.page(failing, "by_owner", "", {});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error(), data_loss("a page is damaged"));
  int visited = 0;
  table_.range(failing, "by_owner", "", "\xff", [&](const LedgerRow&) {
    ++visited;
    return Scan::kGoOn;
  });
  EXPECT_EQ(visited, 0);
}

// What the disk has changed once ended the process of the query that met it.
TEST_F(TableOf, ADamagedRowOrEntryIsTheViewsFault) {
  const auto expect_damage = [&](std::size_t store, const std::string& key,
                                 const std::string& value, const char* what) {
    MemoryKv kv;
    auto table = test::ledger_table("mod_main_ledger");
    table.bind(table.open(kv, 1).value());
    ASSERT_TRUE(kv.write([&](KvWriter& writer) -> Result<void> {
      table.put(writer, row_of("1", "bob", 30));
      writer.put(table.stores()[store], key, value);
      return {};
    }));
    const std::string why = std::string("table mod_main_ledger is damaged, ") + what;
    const auto expect_fault = [&](const KvReader& view) {
      ASSERT_FALSE(view.status()) << what;
      EXPECT_EQ(view.status().error().code, Code::kDataLoss);
      EXPECT_THAT(view.status().error().message, testing::HasSubstr(why));
      EXPECT_THAT(view.status().error().message,
                  testing::HasSubstr("mtctl projection rebuild mod_main_ledger"));
    };
    const char* index = store == 0 ? "" : "by_owner";
    const auto paged = kv.read();
    EXPECT_FALSE(table.page(*paged, index, "", {}));
    expect_fault(*paged);
    const auto ranged = kv.read();
    table.range(*ranged, index, "", "\xff\xff", [](const LedgerRow&) { return Scan::kGoOn; });
    expect_fault(*ranged);
  };
  expect_damage(0, "9", "\xff\xff", "a row cannot be read");
  expect_damage(1, "a", "", "an index entry cannot be read");
  expect_damage(1, std::string("a\0\7", 3), "", "an index entry cannot be read");
  expect_damage(1, std::string("a9\0\1", 4), "", "an index entry has no row");
}

TEST_F(TableOf, ADamagedKeyOrRowIsNoneOfGetAndKeys) {
  write([&](KvWriter& kv) {
    kv.put(table_.stores()[0], "9", "\xff\xff");
    kv.put(table_.stores()[1], "a", "");
  });
  const auto view = kv_.read();
  EXPECT_TRUE(table_.get(*view, "1"));
  EXPECT_TRUE(view->status());
  EXPECT_FALSE(table_.get(*view, "9"));
  EXPECT_FALSE(view->status());
  const auto other = kv_.read();
  table_.keys(*other, "by_owner", "", "b", [](auto, auto) { return Scan::kGoOn; });
  EXPECT_FALSE(other->status());
}

// A thousand rows of four thousand characters once made a reply that no client took.
TEST_F(TableOf, EndsAPageWhoseRowsGrowLarge) {
  write([&](KvWriter& kv) {
    for (int i = 0; i < 12; ++i) {
      LedgerRow row = row_of("x" + std::to_string(100 + i), "owner", i);
      row.set_last_note(std::string(300'000, 'n'));
      table_.put(kv, row);
    }
    LedgerRow huge = row_of("y", "owner", 0);
    huge.set_last_note(std::string(2'000'000, 'n'));
    table_.put(kv, huge);
    table_.put(kv, row_of("z", "owner", 1));
  });
  for (const char* index : {"", "by_owner"}) {
    PageRequest request{1000, "", 3};
    std::vector<std::size_t> sizes;
    std::vector<std::string> seen;
    do {
      const auto page = table_.page(*kv_.read(), index, "", request).value();
      sizes.push_back(static_cast<std::size_t>(page.rows.size()));
      for (const LedgerRow& row : page.rows) {
        if (row.owner() == "owner") seen.push_back(row.id());
      }
      request.token = page.next_token;
    } while (!request.token.empty());
    EXPECT_EQ(seen.size(), 14u) << "each row once";
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
    EXPECT_GE(sizes.size(), 4u);
    for (const std::size_t size : sizes) EXPECT_GE(size, 1u);
  }
}

using TableDeathTest = TableOf;

TEST_F(TableDeathTest, KnowsOnlyTheIndexesThatItDeclares) {
  EXPECT_DEATH((void)table_.page(*kv_.read(), "by_name", "", {}), "names an index");
}

// Random changes: the indexes always hold what the rows say, whatever became of them before.
TEST_F(TableOf, KeepsItsIndexesInStep) {
  std::mt19937_64 random(9);
  std::map<std::string, LedgerRow> model;
  write([&](KvWriter& kv) {
    for (int i = 1; i <= 5; ++i) table_.erase(kv, std::to_string(i));
    for (int i = 0; i < 3'000; ++i) {
      const std::string id = std::to_string(random() % 40);
      if (random() % 4 == 0) {
        EXPECT_EQ(table_.erase(kv, id), model.erase(id) == 1);
      } else {
        const std::string owner(random() % 3, static_cast<char>('a' + random() % 3));
        const auto cents = static_cast<std::int64_t>(random() % 9) - 4;
        table_.put(kv, model[id] = row_of(id, owner, cents));
      }
    }
  });
  MemoryKv fresh_kv;
  auto fresh = test::ledger_table("mod_main_ledger");
  fresh.bind(fresh.open(fresh_kv, 1).value());
  ASSERT_TRUE(fresh_kv.write([&](KvWriter& kv) -> Result<void> {
    for (const auto& [id, row] : model) fresh.put(kv, row);
    return {};
  }));
  EXPECT_EQ(table_hash(*kv_.read(), table_.stores()), table_hash(*fresh_kv.read(), fresh.stores()));
  EXPECT_EQ(table_.size(*kv_.read()), model.size());
}

TEST_F(TableOf, HashesKeysAndValuesWithTheirBounds) {
  const auto hash_of = [&](const std::string& key, const std::string& value) {
    write([&](KvWriter& kv) {
      for (const StoreId store : table_.stores()) kv.clear(store);
      kv.put(table_.stores()[1], key, value);
    });
    return table_hash(*kv_.read(), table_.stores());
  };
  const Hash one = hash_of("ab", "c");
  EXPECT_EQ(hash_of("ab", "c"), one);
  EXPECT_NE(hash_of("a", "bc"), one);
  EXPECT_NE(hash_of("ab", ""), one);
  EXPECT_NE(hash_of("ab", "d"), one);
  EXPECT_NE(hash_of("ab", std::string(100'000, 'c')), one);
}

}  // namespace
}  // namespace mt
