#include "ops/runtime/secrets_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "tests/fixture/temp_folder.h"

namespace mt::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const ModuleName kModule{"sys_accounts"};

class SecretsFolderTest : public testing::Test {
 protected:
  fs::path file() const { return temp_.path() / "sys_accounts.signing_key"; }

  TempFolder temp_;
  SecretsFolder secrets_{temp_.path()};
};

TEST_F(SecretsFolderTest, MakesASecretOnceAndKeepsIt) {
  const auto made = secrets_.get(kModule, "signing_key");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->size(), 32u);
  EXPECT_EQ(fs::status(file()).permissions(), fs::perms(0600));
  EXPECT_EQ(SecretsFolder(temp_.path()).get(kModule, "signing_key").value(), *made);
  EXPECT_EQ(std::distance(fs::directory_iterator(temp_.path()), {}), 1);
}

TEST_F(SecretsFolderTest, NoTwoSecretsAreAlike) {
  const auto one = secrets_.get(kModule, "one").value();
  EXPECT_NE(secrets_.get(kModule, "two").value(), one);
  EXPECT_NE(secrets_.get({"mod_main"}, "one").value(), one);
}

TEST_F(SecretsFolderTest, ThreadsThatAskAtOnceGetTheSame) {
  std::vector<std::string> got(8);
  std::vector<std::thread> threads;
  for (auto& secret : got)
    threads.emplace_back([&] { secret = secrets_.get(kModule, "signing_key").value(); });
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(got, testing::Each(got.front()));
}

TEST_F(SecretsFolderTest, RefusesASecretThatWasCutOff) {
  std::ofstream(file()) << "short";
  fs::permissions(file(), fs::perms(0600));
  const auto got = secrets_.get(kModule, "signing_key");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, Code::kUnavailable);
  EXPECT_THAT(got.error().message, HasSubstr("sys_accounts.signing_key has 5 bytes, not 32"));
}

TEST_F(SecretsFolderTest, RefusesASecretThatOthersMayRead) {
  ASSERT_TRUE(secrets_.get(kModule, "signing_key"));
  fs::permissions(file(), fs::perms(0640));
  EXPECT_THAT(secrets_.get(kModule, "signing_key").error().message, HasSubstr("mode 0600"));
}

TEST_F(SecretsFolderTest, NamesTheFileThatCannotBeMade) {
  SecretsFolder nowhere(temp_.path() / "absent");
  const auto got = nowhere.get(kModule, "signing_key");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, Code::kUnavailable);
  EXPECT_THAT(got.error().message, HasSubstr("absent/sys_accounts.signing_key"));
}

}  // namespace
}  // namespace mt::test
