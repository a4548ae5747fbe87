#include "ops/mtctl/saved_tokens.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "tests/fixture/temp_folder.h"

namespace mt::mtctl {
namespace {

TEST(SavedTokens, KeepsOneAServer) {
  const test::TempFolder folder;
  const SavedTokens tokens((folder.path() / "config" / "tokens").string());
  EXPECT_EQ(tokens.find("a:1"), "");
  ASSERT_TRUE(tokens.save("a:1", "first"));
  ASSERT_TRUE(tokens.save("b:1", "other"));
  ASSERT_TRUE(tokens.save("a:1", "second"));
  EXPECT_EQ(tokens.find("a:1"), "second");
  EXPECT_EQ(tokens.find("b:1"), "other");
  EXPECT_EQ(tokens.find("a:2"), "");

  ASSERT_TRUE(tokens.save("a:1", ""));
  EXPECT_EQ(tokens.find("a:1"), "");
  EXPECT_EQ(tokens.find("b:1"), "other");
}

TEST(SavedTokens, AreForTheirOwnerOnly) {
  const test::TempFolder folder;
  const SavedTokens tokens((folder.path() / "tokens").string());
  ASSERT_TRUE(tokens.save("a:1", "secret"));
  struct stat file {};
  ASSERT_EQ(stat(tokens.path().c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777u, 0600u);
}

TEST(SavedTokens, SaysWhenItCannotKeepThem) {
  const auto saved = SavedTokens("/proc/no/tokens").save("a:1", "x");
  ASSERT_FALSE(saved);
  EXPECT_NE(saved.error().message.find("/proc/no/tokens"), std::string::npos);
}

TEST(SavedTokens, LieInTheUsersConfiguration) {
  setenv("XDG_CONFIG_HOME", "/cfg", 1);
  EXPECT_EQ(SavedTokens::of_user().path(), "/cfg/maintemplate/tokens");
  unsetenv("XDG_CONFIG_HOME");
  setenv("HOME", "/me", 1);
  EXPECT_EQ(SavedTokens::of_user().path(), "/me/.config/maintemplate/tokens");
}

}  // namespace
}  // namespace mt::mtctl
