// The logs of the world's cities, checked from end to end: beside a container that serves and
// writes, when it is stopped, when a bit has changed, and against anchors.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <thread>

#include "ops/terminal/number_text.h"
#include "tests/fixture/file_content.h"
#include "tests/scenario/city_import.h"
#include "tests/scenario/container.h"

namespace mt::test {
namespace {

namespace fs = std::filesystem;

void expect_holds(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << "no " << part << " in: " << text;
}

// One bit of the byte at `offset` of the text's first place in the log.
void flip_a_bit(const Container& container, std::string_view text) {
  const fs::path file = container.data() / "events/data.mdb";
  const std::string bytes = content_of(file);
  std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
  for (std::size_t at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at + 1)) {
    out.seekp(static_cast<std::streamoff>(at));
    out.put(static_cast<char>(bytes[at] ^ 4));
  }
}

TEST(Integrity, OfTheWorldIsCheckedWhileItIsLoaded) {
  Container container;
  const Client client = Client::connect("unix:" + container.socket().string());
  const auto cities = first_cities(kAllCities);
  CityImport import(cities);
  import.run(client, kAllCities / 3);
  import.settle();
  ASSERT_EQ(import.refusal(), "");
  const std::string anchors = container.folder() / "anchors";
  const Finished written = container.mtctl({"events", "anchor", "--out", anchors});
  ASSERT_EQ(written.exit_code, 0) << written.err;

  // Both ways at once, beside an import that goes on.
  std::thread importing([&] { import.run(client, cities.size()); });
  const Finished read = container.mtctl({"-o", "json", "events", "verify", "sys_timespace"});
  const Finished proved = container.mtctl({"events", "prove", anchors});
  importing.join();
  import.settle();
  EXPECT_EQ(read.exit_code, 0) << read.out << read.err;
  expect_holds(read.out, "\"fault\": \"\"");
  EXPECT_EQ(proved.exit_code, 0) << proved.out << proved.err;
  expect_holds(proved.err, "hold what they held at 4 anchors");
  ASSERT_TRUE(import.is_complete());
  container.stop();

  const Finished whole = container.mtctl({"events", "verify"});
  EXPECT_EQ(whole.exit_code, 0) << whole.out << whole.err;
  expect_holds(whole.out, grouped(kAllCities));
  EXPECT_EQ(container.mtctl({"events", "prove", anchors}).exit_code, 0);

  flip_a_bit(container, cities[kAllCities * 3 / 4].place_id());
  const Finished damaged = container.mtctl({"events", "verify"});
  EXPECT_EQ(damaged.exit_code, 1) << damaged.out << damaged.err;
  expect_holds(damaged.out, "not sound");
  expect_holds(damaged.err, "of sys_timespace's log is damaged");
  expect_holds(damaged.out, "mod_main       sound");
}

TEST(Integrity, OfALogThatWasWrittenAnewIsRefusedByItsAnchor) {
  Container container;
  const auto import_cities = [&](std::size_t count) {
    const Client client = Client::connect("unix:" + container.socket().string());
    CityImport import(first_cities(count));
    import.run(client, count);
    import.settle();
    ASSERT_EQ(import.refusal(), "");
  };
  import_cities(300);
  const std::string anchors = container.folder() / "anchors";
  ASSERT_EQ(container.mtctl({"events", "anchor", "--out", anchors}).exit_code, 0);
  container.stop();
  // A sound log of the same length, which says something else.
  for (const char* environment : {"events", "tables"})
    fs::remove_all(container.data() / environment);
  container.start();
  import_cities(301);

  EXPECT_EQ(container.mtctl({"events", "verify"}).exit_code, 0) << "it is a sound log";
  const Finished refused = container.mtctl({"events", "prove", anchors});
  EXPECT_EQ(refused.exit_code, 1) << refused.out << refused.err;
  expect_holds(refused.err, "is not what it held then");
  container.stop();
}

// All of the environment's records, or why they cannot be had.
std::string exported(const Container& container, const fs::path& file) {
  fs::remove(file);
  const Finished made =
      container.mtctl({"events", "export", "--all", "--format", "binary", "--out", file.string()});
  return made.exit_code == 0 ? content_of(file) : "";
}

// Anywhere in what is used of the file: found and named, by the check and by the start; or it is a
// bit that LMDB does not read, and then nothing has changed.
TEST(Integrity, OfAnyBitOfTheEnvironmentIsFoundOrChangesNothing) {
  constexpr int kFlips = 40;
  Container container;
  {
    const Client client = Client::connect("unix:" + container.socket().string());
    CityImport import(first_cities(kAllCities));
    import.run(client, kAllCities);
    import.settle();
    ASSERT_EQ(import.refusal(), "");
  }
  container.stop();
  const fs::path file = container.data() / "events/data.mdb";
  const fs::path archive = container.folder() / "archive";
  const std::string bytes = content_of(file);
  const std::string records = exported(container, archive);
  ASSERT_NE(records, "");
  const std::size_t used = bytes.find_last_not_of('\0') + 1;
  const auto seed = std::random_device{}();
  std::mt19937_64 random(seed);
  int found = 0;
  for (int flip = 0; flip < kFlips; ++flip) {
    const std::size_t at = random() % used;
    SCOPED_TRACE("byte " + std::to_string(at) + ", seed " + std::to_string(seed));
    const auto put = [&](char byte) {
      std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
      out.seekp(static_cast<std::streamoff>(at));
      out.put(byte);
    };
    put(static_cast<char>(bytes[at] ^ (1 << random() % 8)));
    const Finished verified = container.mtctl({"events", "verify"});
    if (verified.exit_code == 0) {
      EXPECT_TRUE(exported(container, archive) == records) << "it is not found";
    } else {
      ++found;
      EXPECT_EQ(verified.exit_code, 1) << verified.out << verified.err;
      const bool is_named = verified.err.find("page ") != std::string::npos ||
                            verified.err.find("position ") != std::string::npos ||
                            verified.err.find("log of ") != std::string::npos;
      EXPECT_TRUE(is_named) << verified.err;
    }
    put(bytes[at]);
  }
  std::cout << "found: " << found << " of " << kFlips << " flips\n";
  EXPECT_GT(found, kFlips / 2) << "most bytes are those of records";
  EXPECT_EQ(container.mtctl({"events", "verify"}).exit_code, 0) << "all is as it was";
}

}  // namespace
}  // namespace mt::test
