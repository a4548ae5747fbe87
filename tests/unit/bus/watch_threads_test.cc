#include "bus/watch_threads.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>

namespace mt {
namespace {

TEST(WatchThreads, RunEachOnAThreadOfItsOwn) {
  std::promise<std::thread::id> one, two;
  std::promise<void> go_on;
  auto gate = go_on.get_future().share();
  WatchThreads threads;
  EXPECT_TRUE(threads.run([&] {
    one.set_value(std::this_thread::get_id());
    gate.wait();
  }));
  EXPECT_TRUE(threads.run([&] {
    two.set_value(std::this_thread::get_id());
    gate.wait();
  }));
  EXPECT_NE(one.get_future().get(), two.get_future().get());
  go_on.set_value();
}

TEST(WatchThreads, WaitForAllWhenTheyStopAndRunNoneAfterwards) {
  WatchThreads threads;
  std::promise<void> started, go_on;
  std::atomic<bool> ended = false;
  threads.run([&] {
    started.set_value();
    go_on.get_future().wait();
    ended = true;
  });
  started.get_future().wait();
  auto stopping = std::async(std::launch::async, [&] { threads.stop(); });
  go_on.set_value();
  stopping.wait();
  EXPECT_TRUE(ended);
  EXPECT_FALSE(threads.run([] {}));
}

TEST(WatchThreads, LetGoOfTheWorkOnceItIsDone) {
  WatchThreads threads;
  const auto held = std::make_shared<int>(7);
  for (int i = 0; i < 20; ++i) threads.run([held] {});
  threads.stop();
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace mt
