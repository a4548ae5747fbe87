#include "bus/worker_pool.h"

#include <gtest/gtest.h>

#include <future>
#include <set>
#include <vector>

namespace mt {
namespace {

TEST(WorkerPool, RunsTasksInTheOrderOfTheirComing) {
  std::vector<int> order;
  std::promise<void> last;
  WorkerPool pool("mt-test", 1, 100);
  pool.start();
  for (int i = 0; i < 50; ++i)
    ASSERT_TRUE(pool.submit([&, i](WorkerPool::Fate) { order.push_back(i); }));
  ASSERT_TRUE(pool.submit([&](WorkerPool::Fate) { last.set_value(); }));
  last.get_future().wait();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(WorkerPool, RunsAsManyAtOnceAsItHasThreads) {
  std::promise<void> first, second, both;
  WorkerPool pool("mt-test", 2, 4);
  pool.start();
  // Each waits for the other, so one thread alone would never end.
  pool.submit([&](WorkerPool::Fate) {
    first.set_value();
    second.get_future().wait();
    both.set_value();
  });
  pool.submit([&](WorkerPool::Fate) {
    first.get_future().wait();
    second.set_value();
  });
  both.get_future().wait();
}

TEST(WorkerPool, RefusesWhatItsQueueCannotHold) {
  WorkerPool pool("mt-test", 1, 2);  // not started, so nothing is taken out
  EXPECT_TRUE(pool.submit([](WorkerPool::Fate) {}));
  EXPECT_TRUE(pool.submit([](WorkerPool::Fate) {}));
  EXPECT_FALSE(pool.submit([](WorkerPool::Fate) {}));
}

TEST(WorkerPool, LetsARunningTaskEndAndDropsThoseThatWait) {
  WorkerPool pool("mt-test", 1, 10);
  pool.start();
  std::promise<void> running, go_on;
  std::atomic<bool> ended = false;
  std::vector<WorkerPool::Fate> fates;
  pool.submit([&](WorkerPool::Fate) {
    running.set_value();
    go_on.get_future().wait();
    ended = true;
  });
  running.get_future().wait();
  for (int i = 0; i < 3; ++i)
    pool.submit([&](WorkerPool::Fate fate) {
      fates.push_back(fate);
      if (fates.size() == 3) go_on.set_value();  // only once those that wait were dropped
    });
  pool.stop();
  EXPECT_TRUE(ended);
  EXPECT_EQ(fates, std::vector(3, WorkerPool::Fate::kDropped));
  EXPECT_FALSE(pool.submit([](WorkerPool::Fate) {}));
}

TEST(WorkerPool, LetsGoOfWhatATaskHoldsOnceItHasRun) {
  auto held = std::make_shared<int>(7);
  std::promise<void> next;
  WorkerPool pool("mt-test", 1, 10);
  pool.start();
  pool.submit([held](WorkerPool::Fate) {});
  pool.submit([&](WorkerPool::Fate) { next.set_value(); });
  next.get_future().wait();
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace mt
