#include "ops/mtctl/saved_tokens.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "tests/fixture/temp_folder.h"

namespace mt::mtctl {
namespace {

TEST(SavedTokens, KeepsOneAServer) {
  const test::TempFolder folder;
  const SavedTokens tokens((folder.path() / "config" / "tokens").string());
  EXPECT_EQ(tokens.find("a:1").token, "");
  ASSERT_TRUE(tokens.save("a:1", {"first", 1'000}));
  ASSERT_TRUE(tokens.save("b:1", {"other", 2'000}));
  ASSERT_TRUE(tokens.save("a:1", {"second", 3'000}));
  EXPECT_EQ(tokens.find("a:1").token, "second");
  EXPECT_EQ(tokens.find("a:1").expires, 3'000);
  EXPECT_EQ(tokens.find("b:1").token, "other");
  EXPECT_EQ(tokens.find("b:1").expires, 2'000);
  EXPECT_EQ(tokens.find("a:2").token, "");

  EXPECT_TRUE(tokens.remove("a:1").value());
  EXPECT_FALSE(tokens.remove("a:1").value());
  EXPECT_EQ(tokens.find("a:1").token, "");
  EXPECT_EQ(tokens.find("b:1").token, "other");
}

// Files of the releases before had no expiry.
TEST(SavedTokens, TakesOneThatDoesNotSayWhenItExpires) {
  const test::TempFolder folder;
  const SavedTokens tokens((folder.path() / "tokens").string());
  std::ofstream(tokens.path()) << "a:1 old\n\nb:1 new 7\n";
  EXPECT_EQ(tokens.find("a:1").token, "old");
  EXPECT_EQ(tokens.find("a:1").expires, 0);
  EXPECT_EQ(tokens.find("b:1").token, "new");
  EXPECT_EQ(tokens.find("b:1").expires, 7);
}

TEST(SavedTokens, AreForTheirOwnerOnly) {
  const test::TempFolder folder;
  const SavedTokens tokens((folder.path() / "tokens").string());
  ASSERT_TRUE(tokens.save("a:1", {"secret", 1}));
  struct stat file {};
  ASSERT_EQ(stat(tokens.path().c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777u, 0600u);
}

TEST(SavedTokens, SaysWhenItCannotKeepThem) {
  const auto saved = SavedTokens("/proc/no/tokens").save("a:1", {"x", 1});
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
