// What every KvEnv promises (events/kv.h).
#include "events/kv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <stdexcept>
#include <thread>

#include "tests/contract/backends.h"

namespace mt {
namespace {

using namespace std::string_literals;
using Entries = std::vector<std::pair<std::string, std::string>>;

template <typename Backend>
class KvContract : public testing::Test {
 protected:
  void SetUp() override {
    store_ = kv().open("store").value();
    other_ = kv().open("other").value();
  }
  KvEnv& kv() { return backend_.kv(); }

  void write(const std::function<void(KvWriter&)>& change) {
    const auto written = kv().write([&](KvWriter& writer) -> Result<void> {
      change(writer);
      return {};
    });
    ASSERT_TRUE(written) << written.error().message;
  }
  void put_all(const std::vector<std::string>& keys) {
    write([&](KvWriter& writer) {
      for (const auto& key : keys) writer.put(store_, key, "value of " + key);
    });
  }
  std::vector<std::string> keys(std::string_view prefix, std::string_view after,
                                Order order = Order::kForward) {
    std::vector<std::string> found;
    kv().read()->scan(store_, prefix, after, order, [&](std::string_view key, std::string_view) {
      found.emplace_back(key);
      return Scan::kGoOn;
    });
    return found;
  }
  std::vector<std::string> range(std::string_view from, std::string_view to) {
    std::vector<std::string> found;
    kv().read()->range(store_, from, to, [&](std::string_view key, std::string_view) {
      found.emplace_back(key);
      return Scan::kGoOn;
    });
    return found;
  }

  Backend backend_;
  StoreId store_, other_;
};

using Keys = std::vector<std::string>;

TYPED_TEST_SUITE(KvContract, test::Backends, test::BackendNames);

TYPED_TEST(KvContract, OpensAStoreOnceByName) {
  EXPECT_EQ(this->kv().open("store").value(), this->store_);
  EXPECT_NE(this->store_, this->other_);
}

TYPED_TEST(KvContract, PutsGetsReplacesAndErases) {
  this->write([&](KvWriter& writer) {
    writer.put(this->store_, "a", "1");
    writer.put(this->store_, "empty", "");
    writer.put(this->store_, "a\0b"s, "\0\xff"s);
    EXPECT_EQ(writer.get(this->store_, "a"), "1") << "a writer sees what it wrote";
    writer.put(this->store_, "a", "2");
    EXPECT_EQ(writer.size(this->store_), 3u);
  });
  const auto reader = this->kv().read();
  EXPECT_EQ(reader->get(this->store_, "a"), "2");
  EXPECT_EQ(reader->get(this->store_, "empty"), "");
  EXPECT_EQ(reader->get(this->store_, "a\0b"s), "\0\xff"s);
  EXPECT_FALSE(reader->get(this->store_, "b"));
  EXPECT_FALSE(reader->get(this->store_, ""));
  EXPECT_FALSE(reader->get(this->store_, std::string(600, 'x')));
  EXPECT_FALSE(reader->get(this->other_, "a")) << "another store";
  EXPECT_EQ(reader->size(this->store_), 3u);
  EXPECT_TRUE(reader->status()) << "an absence is no fault";
}

TYPED_TEST(KvContract, ErasesWhatIsThere) {
  this->put_all({"a", "b"});
  this->write([&](KvWriter& writer) {
    EXPECT_TRUE(writer.erase(this->store_, "a"));
    EXPECT_FALSE(writer.erase(this->store_, "a"));
    EXPECT_FALSE(writer.erase(this->store_, "c"));
    EXPECT_FALSE(writer.erase(this->store_, ""));
    EXPECT_FALSE(writer.erase(this->store_, std::string(600, 'x')));
  });
  EXPECT_EQ(this->keys("", ""), (Keys{"b"}));
}

TYPED_TEST(KvContract, ClearsOneStore) {
  this->put_all({"a", "b"});
  this->write([&](KvWriter& writer) {
    writer.put(this->other_, "x", "1");
    writer.clear(this->store_);
    EXPECT_EQ(writer.size(this->store_), 0u);
    writer.put(this->store_, "c", "new");
  });
  EXPECT_EQ(this->keys("", ""), (Keys{"c"}));
  EXPECT_EQ(this->kv().read()->size(this->other_), 1u);
}

TYPED_TEST(KvContract, AppendsInOrderOnly) {
  this->write([&](KvWriter& writer) {
    for (const auto* key : {"a", "b", "ba"}) writer.append(this->store_, key, key);
  });
  EXPECT_EQ(this->keys("", ""), (Keys{"a", "b", "ba"}));
  for (const auto* key : {"b", "ba"}) {
    const auto refused = this->kv().write([&](KvWriter& writer) -> Result<void> {
      writer.append(this->store_, key, "again");
      EXPECT_FALSE(writer.status());
      return {};
    });
    EXPECT_FALSE(refused) << key;
  }
  EXPECT_EQ(this->kv().read()->get(this->store_, "ba"), "ba");
}

TYPED_TEST(KvContract, ScansForwardByPrefixAndAfter) {
  this->put_all({"a", "b", "ba", "bb", "bba", "c"});
  EXPECT_EQ(this->keys("", ""), (Keys{"a", "b", "ba", "bb", "bba", "c"}));
  EXPECT_EQ(this->keys("b", ""), (Keys{"b", "ba", "bb", "bba"}));
  EXPECT_EQ(this->keys("b", "ba"), (Keys{"bb", "bba"}));
  EXPECT_EQ(this->keys("b", "baa"), (Keys{"bb", "bba"})) << "after a key that is not there";
  EXPECT_EQ(this->keys("bb", "bba"), (Keys{}));
  EXPECT_EQ(this->keys("", "bba"), (Keys{"c"}));
  EXPECT_EQ(this->keys("d", ""), (Keys{}));
  EXPECT_EQ(this->keys("", "c"), (Keys{}));
}

TYPED_TEST(KvContract, ScansBackwardByPrefixAndAfter) {
  this->put_all({"a", "b", "ba", "bb", "bba", "c"});
  const auto backward = [&](std::string_view prefix, std::string_view after) {
    return this->keys(prefix, after, Order::kBackward);
  };
  EXPECT_EQ(backward("", ""), (Keys{"c", "bba", "bb", "ba", "b", "a"}));
  EXPECT_EQ(backward("b", ""), (Keys{"bba", "bb", "ba", "b"}));
  EXPECT_EQ(backward("b", "bb"), (Keys{"ba", "b"}));
  EXPECT_EQ(backward("b", "baz"), (Keys{"ba", "b"})) << "before a key that is not there";
  EXPECT_EQ(backward("b", "b"), (Keys{}));
  EXPECT_EQ(backward("", "b"), (Keys{"a"}));
  EXPECT_EQ(backward("bbb", ""), (Keys{}));
  EXPECT_EQ(backward("d", ""), (Keys{}));
}

// A scan once began at `after` alone and found nothing when it lay before the prefix.
TYPED_TEST(KvContract, ScansAPrefixWhenAfterLiesOutsideOfIt) {
  this->put_all({"a", "b", "ba", "c"});
  EXPECT_EQ(this->keys("b", "a"), (Keys{"b", "ba"}));
  EXPECT_EQ(this->keys("b", "c"), (Keys{}));
  EXPECT_EQ(this->keys("b", "c", Order::kBackward), (Keys{"ba", "b"}));
  EXPECT_EQ(this->keys("b", "a", Order::kBackward), (Keys{}));
}

TYPED_TEST(KvContract, ScansPrefixesThatHaveNoEnd) {
  this->put_all({"a", "\xfe", "\xff", "\xff\xff", "\xff\xff\x01"});
  EXPECT_EQ(this->keys("\xff", ""), (Keys{"\xff", "\xff\xff", "\xff\xff\x01"}));
  EXPECT_EQ(this->keys("\xff", "", Order::kBackward), (Keys{"\xff\xff\x01", "\xff\xff", "\xff"}));
  EXPECT_EQ(this->keys("\xfe", "", Order::kBackward), (Keys{"\xfe"}));
  EXPECT_EQ(this->keys("\xff\xff", "\xff\xff\x01", Order::kBackward), (Keys{"\xff\xff"}));
}

TYPED_TEST(KvContract, VisitsRanges) {
  this->put_all({"a", "b", "ba", "c"});
  EXPECT_EQ(this->range("a", "c"), (Keys{"a", "b", "ba"}));
  EXPECT_EQ(this->range("", "b"), (Keys{"a"}));
  EXPECT_EQ(this->range("aa", "bb"), (Keys{"b", "ba"}));
  EXPECT_EQ(this->range("b", "b"), (Keys{}));
  EXPECT_EQ(this->range("c", "a"), (Keys{}));
  EXPECT_EQ(this->range("", ""), (Keys{}));
}

TYPED_TEST(KvContract, TakesBoundsThatAreLongerThanAnyKey) {
  const std::string longest(KvWriter::kMaxKey, 'k');
  this->put_all({"a", longest, "z"});
  const std::string beyond = longest + "k";
  EXPECT_EQ(this->keys("", beyond), (Keys{"z"}));
  EXPECT_EQ(this->keys("", beyond, Order::kBackward), (Keys{longest, "a"}));
  EXPECT_EQ(this->range(beyond, "zz"), (Keys{"z"}));
  EXPECT_EQ(this->range("a", beyond), (Keys{"a", longest}));
  EXPECT_EQ(this->keys(beyond, ""), (Keys{}));
  EXPECT_EQ(this->keys(beyond, "", Order::kBackward), (Keys{}));
}

TYPED_TEST(KvContract, StopsWhereTheVisitorSaysSo) {
  this->put_all({"a", "b", "c"});
  for (const Order order : {Order::kForward, Order::kBackward}) {
    int visited = 0;
    this->kv().read()->scan(this->store_, "", "", order, [&](std::string_view, std::string_view) {
      return ++visited < 2 ? Scan::kGoOn : Scan::kStop;
    });
    EXPECT_EQ(visited, 2);
  }
  int visited = 0;
  this->kv().read()->range(this->store_, "a", "z", [&](std::string_view, std::string_view) {
    ++visited;
    return Scan::kStop;
  });
  EXPECT_EQ(visited, 1);
}

TYPED_TEST(KvContract, TakesAllBackWhenTheChangeFails) {
  this->put_all({"a", "b"});
  const auto failed = this->kv().write([&](KvWriter& writer) -> Result<void> {
    writer.put(this->store_, "a", "changed");
    writer.erase(this->store_, "b");
    writer.put(this->store_, "c", "new");
    writer.clear(this->store_);
    writer.put(this->store_, "d", "new");
    writer.put(this->other_, "e", "new");
    return aborted("no");
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error(), aborted("no"));
  EXPECT_EQ(this->keys("", ""), (Keys{"a", "b"}));
  EXPECT_EQ(this->kv().read()->get(this->store_, "a"), "value of a");
  EXPECT_EQ(this->kv().read()->size(this->other_), 0u);
}

TYPED_TEST(KvContract, TakesAllBackWhenTheChangeThrows) {
  this->put_all({"a"});
  EXPECT_THROW((void)this->kv().write([&](KvWriter& writer) -> Result<void> {
    writer.put(this->store_, "a", "changed");
    throw std::runtime_error("thrown");
  }),
               std::runtime_error);
  EXPECT_EQ(this->kv().read()->get(this->store_, "a"), "value of a");
  this->put_all({"b"});
  EXPECT_EQ(this->keys("", ""), (Keys{"a", "b"})) << "the next one can write";
}

TYPED_TEST(KvContract, FailsTheCommitForAKeyThatNoStoreTakes) {
  this->put_all({"a"});
  for (const std::string& key : {""s, std::string(KvWriter::kMaxKey + 1, 'x')}) {
    for (const bool append : {false, true}) {
      const auto failed = this->kv().write([&](KvWriter& writer) -> Result<void> {
        writer.put(this->store_, "b", "lost with it");
        append ? writer.append(this->store_, key, "v") : writer.put(this->store_, key, "v");
        EXPECT_FALSE(writer.status());
        return {};
      });
      ASSERT_FALSE(failed);
      EXPECT_EQ(failed.error().code, Code::kInternal);
      EXPECT_NE(failed.error().message.find(std::to_string(key.size()) + " bytes"),
                std::string::npos);
    }
  }
  EXPECT_EQ(this->keys("", ""), (Keys{"a"}));
}

TYPED_TEST(KvContract, AReaderKeepsSeeingWhatItBeganWith) {
  this->put_all({"a", "b"});
  const auto before = this->kv().read();
  this->write([&](KvWriter& writer) {
    writer.put(this->store_, "a", "changed");
    writer.erase(this->store_, "b");
    writer.put(this->other_, "c", "new");
  });
  const auto after = this->kv().read();
  EXPECT_EQ(before->get(this->store_, "a"), "value of a");
  EXPECT_EQ(before->size(this->store_), 2u);
  EXPECT_EQ(before->size(this->other_), 0u);
  EXPECT_EQ(after->get(this->store_, "a"), "changed");
  EXPECT_EQ(after->size(this->store_), 1u);
  EXPECT_EQ(after->size(this->other_), 1u);
}

TYPED_TEST(KvContract, KeepsWhatWasCommitted) {
  this->put_all({"a", "b"});
  this->backend_.reopen();
  this->SetUp();
  EXPECT_EQ(this->keys("", ""), (Keys{"a", "b"}));
}

// Random changes and reads against a model. Few letters, so that keys meet; FF and 00 among them.
template <typename Backend>
class KvModel : public KvContract<Backend> {
 protected:
  std::string random_key(std::size_t max_size = 5) {
    static constexpr char kLetters[] = {'\0', 'a', 'b', '\xfe', '\xff'};
    std::string key(random_() % max_size + 1, '\0');
    for (char& c : key) c = kLetters[random_() % std::size(kLetters)];
    return key;
  }
  std::string maybe_empty() { return random_() % 4 == 0 ? "" : random_key(3); }

  void change(KvWriter& writer, std::map<std::string, std::string>& model) {
    const std::string key = random_key();
    switch (random_() % 8) {
      case 0:
      case 1:
        EXPECT_EQ(writer.erase(this->store_, key), model.erase(key) == 1);
        break;
      case 2:
        if (random_() % 40 != 0) break;
        writer.clear(this->store_);
        model.clear();
        break;
      default:
        writer.put(this->store_, key, model[key] = std::to_string(random_()));
    }
  }
  void write_some() {
    const bool fails = random_() % 4 == 0;
    auto model = model_;
    const auto written = this->kv().write([&](KvWriter& writer) -> Result<void> {
      for (int i = 0; i < 12; ++i) change(writer, model);
      compare(writer, model);
      if (fails) return aborted("no");
      return {};
    });
    EXPECT_EQ(written.has_value(), !fails);
    if (!fails) model_ = std::move(model);
  }
  void compare(const KvReader& reader, const std::map<std::string, std::string>& model) {
    EXPECT_EQ(reader.size(this->store_), model.size());
    const std::string key = random_key();
    const auto found = model.find(key);
    EXPECT_EQ(reader.get(this->store_, key),
              found == model.end() ? std::nullopt : std::optional<std::string_view>(found->second));
    for (const Order order : {Order::kForward, Order::kBackward}) {
      const std::string prefix = maybe_empty(), after = maybe_empty();
      Entries expected, seen;
      for (const auto& [at, value] : model) {
        const bool beyond = after.empty() || (order == Order::kForward ? at > after : at < after);
        if (beyond && at.starts_with(prefix)) expected.emplace_back(at, value);
      }
      if (order == Order::kBackward) std::ranges::reverse(expected);
      reader.scan(this->store_, prefix, after, order, collect(seen));
      ASSERT_EQ(seen, expected) << testing::PrintToString(prefix) << testing::PrintToString(after);
    }
    const std::string from = maybe_empty(), to = maybe_empty();
    Entries expected, seen;
    for (const auto& entry : model) {
      if (entry.first >= from && entry.first < to) expected.push_back(entry);
    }
    reader.range(this->store_, from, to, collect(seen));
    ASSERT_EQ(seen, expected) << testing::PrintToString(from) << testing::PrintToString(to);
  }
  static KvVisitor collect(Entries& into) {
    return [&into](std::string_view key, std::string_view value) {
      into.emplace_back(key, value);
      return Scan::kGoOn;
    };
  }

  std::mt19937_64 random_{20'260'101};
  std::map<std::string, std::string> model_;
};

TYPED_TEST_SUITE(KvModel, test::Backends, test::BackendNames);

TYPED_TEST(KvModel, IsAnOrderedMapWithTransactions) {
  for (int round = 0; round < 400; ++round) {
    this->write_some();
    for (int i = 0; i < 4; ++i) this->compare(*this->kv().read(), this->model_);
    if (this->HasFatalFailure()) return;
  }
}

TYPED_TEST(KvContract, ReadersSeeWholeTransactionsOnly) {
  std::atomic<bool> done = false;
  std::atomic<int> bad = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const auto reader = this->kv().read();
        const auto one = reader->get(this->store_, "one");
        const auto two = reader->get(this->other_, "two");
        if (one != two || !reader->status()) ++bad;
      }
    });
  }
  for (int i = 0; i < 300; ++i) {
    this->write([&](KvWriter& writer) {
      writer.put(this->store_, "one", std::to_string(i));
      writer.put(this->other_, "two", std::to_string(i));
    });
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(bad, 0);
}

TYPED_TEST(KvContract, TellsTheNamesOfItsStoresAndWhatTheyTake) {
  const StoreId made = this->kv().open("mt_names@2+.by_name").value();
  const auto names = this->kv().names();
  ASSERT_TRUE(names) << names.error().message;
  EXPECT_TRUE(std::ranges::is_sorted(*names));
  EXPECT_EQ(std::ranges::count(*names, "mt_names@2+.by_name"), 1);
  const std::uint64_t before = this->kv().bytes(made);
  this->write([&](KvWriter& writer) { writer.put(made, "key", std::string(100'000, 'v')); });
  EXPECT_GE(this->kv().bytes(made), before + 100'000);
}

}  // namespace
}  // namespace mt
