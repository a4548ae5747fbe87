#include <gtest/gtest.h>

#include <random>
#include <string>

#include "events/record_codec.h"

namespace mt {
namespace {

std::string counting(int from, int step) {
  std::string bytes;
  for (int i = 0; i < 32; ++i) bytes.push_back(static_cast<char>(from + step * i));
  return bytes;
}

struct Vector {
  std::string bytes;
  std::uint32_t crc;
};

// RFC 3720, appendix B.4, and the check value of the algorithm's catalogue.
const Vector kVectors[] = {
    {"", 0},
    {"123456789", 0xe3069283},
    {std::string(32, '\0'), 0x8a9136aa},
    {std::string(32, '\xff'), 0x62a8ab43},
    {counting(0, 1), 0x46dd794e},
    {counting(31, -1), 0x113fdb5c},
};

TEST(Crc32c, GivesThePublishedValues) {
  for (const Vector& vector : kVectors) {
    EXPECT_EQ(crc32c(vector.bytes), vector.crc) << testing::PrintToString(vector.bytes);
    EXPECT_EQ(crc32c_by_table(vector.bytes), vector.crc) << testing::PrintToString(vector.bytes);
  }
}

TEST(Crc32c, IsTheSameByInstructionAndByTableAtEveryLengthAndAlignment) {
  std::mt19937 random(1);
  std::string bytes(300, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  for (std::size_t from = 0; from < 8; ++from) {
    for (std::size_t size = 0; size + from <= bytes.size(); ++size) {
      const auto part = std::string_view(bytes).substr(from, size);
      ASSERT_EQ(crc32c(part), crc32c_by_table(part)) << from << " " << size;
    }
  }
}

TEST(Crc32c, GoesOnFromAnEarlierPart) {
  const std::string bytes = "the quick brown fox jumps over the lazy dog";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    EXPECT_EQ(crc32c(bytes.substr(cut), crc32c(bytes.substr(0, cut))), crc32c(bytes));
  }
}

}  // namespace
}  // namespace mt
