#include "ops/mtctl/target.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "tests/fixture/temp_folder.h"

namespace mt::mtctl {
namespace {

using testing::HasSubstr;

class TargetTest : public testing::Test {
 protected:
  ~TargetTest() override {
    if (fd_ >= 0) close(fd_);
  }

  void bind_socket() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, target_.socket().c_str(), sizeof address.sun_path - 1);
    fd_ = socket(AF_UNIX, SOCK_STREAM, 0);
    ASSERT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }

  Error why_not() const {
    const auto reachable = check_reachable(target_);
    return reachable ? Error{Code::kOk, ""} : reachable.error();
  }

  test::TempFolder folder_;
  Target target_{folder_.path().string(), "", false};
  int fd_ = -1;
};

TEST_F(TargetTest, FindsWhoListens) {
  bind_socket();
  ASSERT_EQ(listen(fd_, 1), 0);
  EXPECT_EQ(why_not().code, Code::kOk);
}

TEST_F(TargetTest, SaysThatAContainerEndedWithoutCleaningUp) {
  bind_socket();
  EXPECT_EQ(why_not().code, Code::kUnavailable);
  EXPECT_THAT(why_not().message, HasSubstr("ended without removing its socket"));
}

TEST_F(TargetTest, SaysHowToStartOne) {
  EXPECT_EQ(why_not().code, Code::kUnavailable);
  EXPECT_THAT(why_not().message, HasSubstr("no container runs on " + target_.data));
  EXPECT_THAT(why_not().message, HasSubstr("maintemplate2 --data " + target_.data));
}

// It folds its tables before it listens, which may take a while.
TEST_F(TargetTest, SaysThatAContainerIsStarting) {
  const int lock = open((folder_.path() / "lock").c_str(), O_RDWR | O_CREAT, 0600);
  ASSERT_GE(lock, 0);
  EXPECT_THAT(why_not().message, HasSubstr("no container runs"));
  ASSERT_EQ(flock(lock, LOCK_EX | LOCK_NB), 0);
  EXPECT_EQ(why_not().code, Code::kUnavailable);
  EXPECT_THAT(why_not().message, HasSubstr("is starting or stopping"));
  close(lock);
}

TEST_F(TargetTest, SaysThatTheFolderIsMissing) {
  target_.data += "/typo";
  EXPECT_THAT(why_not().message, HasSubstr("there is no such folder"));
}

TEST_F(TargetTest, SaysThatThePathIsTooLongForASocket) {
  target_.data += "/" + std::string(120, 'x');
  EXPECT_THAT(why_not().message, HasSubstr("too long"));
}

TEST(Target, LeavesServersToTheFirstCall) {
  EXPECT_TRUE(check_reachable({"", "nowhere.invalid:1", false}));
}

}  // namespace
}  // namespace mt::mtctl
