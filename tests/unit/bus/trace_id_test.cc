#include "bus/trace_id.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace mt {
namespace {

TEST(TraceId, IsFifteenHexDigits) {
  const std::string id = trace_id();
  EXPECT_EQ(id.size(), 15u);
  EXPECT_TRUE(std::ranges::all_of(id, [](unsigned char c) { return std::isxdigit(c) != 0; }));
}

TEST(TraceId, IsAnotherEachTimeOnEachThread) {
  std::mutex mutex;
  std::set<std::string> all;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      std::vector<std::string> own;
      for (int i = 0; i < 10'000; ++i) own.push_back(trace_id());
      const std::lock_guard lock(mutex);
      all.insert(own.begin(), own.end());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(all.size(), 40'000u);
}

}  // namespace
}  // namespace mt
