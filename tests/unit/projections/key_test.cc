#include "projections/key.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace mt {
namespace {

using namespace std::string_literals;

// The order of keys is the order of their parts.
template <typename Part, typename KeyOf>
void expect_ordered(const std::vector<Part>& parts, KeyOf key_of) {
  for (const Part& a : parts) {
    for (const Part& b : parts) {
      ASSERT_EQ(key_of(a) < key_of(b), a < b)
          << testing::PrintToString(a) << " and " << testing::PrintToString(b);
      ASSERT_EQ(key_of(a) == key_of(b), a == b)
          << testing::PrintToString(a) << " and " << testing::PrintToString(b);
    }
  }
}

std::string random_text(std::mt19937_64& random) {
  static constexpr char kLetters[] = {'\0', '\x01', 'a', 'b', '\xfe', '\xff'};
  std::string text(random() % 5, '\0');
  for (char& c : text) c = kLetters[random() % std::size(kLetters)];
  return text;
}

TEST(Key, OrdersTextsBytewise) {
  std::mt19937_64 random(1);
  std::vector<std::string> texts = {"",     "a",       "ab",       "b",   "\0"s,
                                    "a\0"s, "a\0\0b"s, "a\0\xff"s, "\xff"};
  for (int i = 0; i < 100; ++i) texts.push_back(random_text(random));
  expect_ordered(texts, [](const std::string& text) { return Key().text(text).bytes(); });
}

TEST(Key, OrdersUnsignedNumbersByValue) {
  std::mt19937_64 random(2);
  std::vector<std::uint64_t> numbers = {0, 1, 255, 256, ~std::uint64_t{0}};
  for (int i = 0; i < 100; ++i) numbers.push_back(random() >> (random() % 64));
  expect_ordered(numbers, [](std::uint64_t number) { return Key().u64(number).bytes(); });
}

TEST(Key, OrdersSignedNumbersByValue) {
  std::mt19937_64 random(3);
  std::vector<std::int64_t> numbers = {0,
                                       1,
                                       -1,
                                       -256,
                                       std::numeric_limits<std::int64_t>::min(),
                                       std::numeric_limits<std::int64_t>::max()};
  for (int i = 0; i < 100; ++i) {
    numbers.push_back(static_cast<std::int64_t>(random()) >> (random() % 64));
  }
  expect_ordered(numbers, [](std::int64_t number) { return Key().i64(number).bytes(); });
}

TEST(Key, OrdersRealNumbersByValue) {
  std::mt19937_64 random(4);
  const double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> numbers = {0.0,
                                 -0.0,
                                 1.0,
                                 -1.0,
                                 52.52,
                                 -180.0,
                                 infinity,
                                 -infinity,
                                 5e-324,
                                 -5e-324,
                                 std::numeric_limits<double>::max()};
  std::uniform_real_distribution<double> degrees(-180, 180);
  for (int i = 0; i < 100; ++i) numbers.push_back(degrees(random));
  expect_ordered(numbers, [](double number) { return Key().f64(number).bytes(); });
}

TEST(KeyDeathTest, HasNoPlaceForNotANumber) {
  EXPECT_DEATH(Key().f64(std::nan("")), "no place for a number that is none");
}

TEST(Key, OrdersPartByPart) {
  std::mt19937_64 random(5);
  std::vector<std::tuple<std::string, std::int64_t, std::string>> rows;
  for (int i = 0; i < 120; ++i) {
    rows.emplace_back(random_text(random), static_cast<std::int64_t>(random() % 5) - 2,
                      random_text(random));
  }
  expect_ordered(rows, [](const auto& row) {
    return Key().text(std::get<0>(row)).i64(std::get<1>(row)).text(std::get<2>(row)).bytes();
  });
}

TEST(Key, APrefixOfATextLeadsToAllTextsThatBeginWithIt) {
  std::mt19937_64 random(6);
  for (int i = 0; i < 2'000; ++i) {
    const std::string prefix = random_text(random), text = random_text(random);
    const std::string key = Key().text("DE").text(text).u64(7).bytes();
    EXPECT_EQ(key.starts_with(Key().text("DE").prefix_of_text(prefix)), text.starts_with(prefix))
        << testing::PrintToString(prefix) << " and " << testing::PrintToString(text);
  }
}

TEST(Key, CutsSortTextsAtACodePoint) {
  EXPECT_EQ(Key().sort_text("abcdef", 3).bytes(), Key().text("abc").bytes());
  EXPECT_EQ(Key().sort_text("abc", 3).bytes(), Key().text("abc").bytes());
  EXPECT_EQ(Key().sort_text("abü", 3).bytes(), Key().text("ab").bytes()) << "ü has two bytes";
  EXPECT_EQ(Key().sort_text("東京", 5).bytes(), Key().text("東").bytes());
  EXPECT_EQ(Key().sort_text("東京", 2).bytes(), Key().text("").bytes());
  EXPECT_EQ(Key().sort_text("\x80\x80\x80", 2).bytes(), Key().text("").bytes()) << "no UTF-8";
  EXPECT_LE(Key().sort_text(std::string(10'000, 'x')).bytes().size(), 122u);
}

TEST(Key, APrefixOfASortTextIsCutTheSameWay) {
  const std::string name(300, 'n');
  const std::string key = Key().sort_text(name).bytes();
  EXPECT_TRUE(key.starts_with(Key().prefix_of_sort_text(name)));
  EXPECT_TRUE(key.starts_with(Key().prefix_of_sort_text("nnn")));
  EXPECT_FALSE(key.starts_with(Key().prefix_of_sort_text("nm")));
}

// What docs/DATA.md says of the bytes.
TEST(Key, HasItsBytes) {
  EXPECT_EQ(Key().text("a\0b"s).bytes(), "a\0\xff"s + "b\0\0"s);
  EXPECT_EQ(Key().u64(258).bytes(), "\0\0\0\0\0\0\x01\x02"s);
  EXPECT_EQ(Key().i64(-1).bytes(), "\x7f\xff\xff\xff\xff\xff\xff\xff"s);
  EXPECT_EQ(Key().f64(1.0).bytes(), "\xbf\xf0\0\0\0\0\0\0"s);
  EXPECT_EQ(Key().f64(-1.0).bytes(), "\x40\x0f\xff\xff\xff\xff\xff\xff"s);
}

}  // namespace
}  // namespace mt
