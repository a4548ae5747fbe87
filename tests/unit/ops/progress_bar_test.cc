#include "ops/terminal/progress_bar.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <memory>

#include "ops/terminal/display_width.h"

namespace mt {
namespace {

Progress half_way() { return {"sys_timespace/cities", 67616, 135233, 12345, 5.48}; }

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

TEST(ProgressBar, TellsAllThatFits) {
  EXPECT_EQ(progress_line(half_way(), 120),
            "sys_timespace/cities  [███████████░░░░░░░░░░░░░]   49 %  67,616 of 135,233  12,345/s  "
            "5.48 s left");
}

TEST(ProgressBar, LeavesOutFromTheRight) {
  EXPECT_EQ(progress_line(half_way(), 60),
            "sys_timespace/cities  [███████████░░░░░░░░░░░░░]   49 %");
  EXPECT_EQ(progress_line(half_way(), 22), "sys_timespace/cities");
  EXPECT_EQ(progress_line(half_way(), 10), "sys_times…");
  for (std::size_t columns = 1; columns < 130; ++columns)
    EXPECT_LE(display_width(progress_line(half_way(), columns)), columns);
}

TEST(ProgressBar, IsFullOnlyAtTheEnd) {
  EXPECT_EQ(progress_line({"x", 0, 10}, 40), "x  [░░░░░░░░░░░░░░░░░░░░░░░░]    0 %");
  EXPECT_EQ(progress_line({"x", 999, 1000}, 40), "x  [███████████████████████░]   99 %");
  EXPECT_EQ(progress_line({"x", 10, 10}, 40), "x  [████████████████████████]  100 %");
  EXPECT_EQ(progress_line({"x", 0, 0}, 40), "x  [████████████████████████]  100 %");
  EXPECT_EQ(progress_line({"x", 11, 10}, 40), "x  [████████████████████████]  100 %");
}

TEST(ProgressBar, WritesNothingWhereThereIsNoTerminal) {
  const File pipe(tmpfile());
  {
    ProgressBar bar(pipe.get());
    bar.show(half_way());
  }
  std::fflush(pipe.get());
  EXPECT_EQ(std::ftell(pipe.get()), 0);
}

TEST(ProgressBar, DrawsOnATerminalAndLeavesItClean) {
  const int controller = posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(controller, 0);
  ASSERT_EQ(grantpt(controller), 0);
  ASSERT_EQ(unlockpt(controller), 0);
  const File terminal(fopen(ptsname(controller), "w"));
  ASSERT_NE(terminal, nullptr);
  {
    ProgressBar bar(terminal.get());
    bar.show(half_way());
  }
  const std::string drawn = "\r" + progress_line(half_way(), 79) + "\x1b[K" + "\r\x1b[K";
  std::string seen(drawn.size(), '\0');  // a terminal gives what it has, which may be a part
  for (std::size_t got = 0; got < seen.size();) {
    const ssize_t more = read(controller, seen.data() + got, seen.size() - got);
    ASSERT_GT(more, 0);
    got += static_cast<std::size_t>(more);
  }
  EXPECT_EQ(seen, drawn);
  close(controller);
}

}  // namespace
}  // namespace mt
