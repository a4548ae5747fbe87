// Somebody is erased from a container with the world's cities and some accounts: what the files
// hold afterwards, what is refused, and what is left when it was cut short.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "sys/core/v1/core.pb.h"
#include "sys/core/v1/erasure.pb.h"
#include "tests/fixture/built.h"
#include "tests/fixture/file_content.h"
#include "tests/scenario/city_import.h"
#include "tests/scenario/person.h"

namespace mt::test {
namespace {

namespace accounts = ::sys::accounts::v1;
namespace core = ::sys::core::v1;
namespace fs = std::filesystem;

const std::string kPassword = "correct horse battery";
const std::string kConfig = "sys_accounts:\n  password_memory_mib: 8\n  password_passes: 1\n";

Result<accounts::CreateAccountResponse> create(const Person& who, const std::string& id,
                                               const std::string& email) {
  accounts::CreateAccountRequest request;
  request.set_account_id(id);
  request.set_email(email);
  return who.ask<accounts::CreateAccountResponse>("sys.accounts.v1.AccountService/CreateAccount",
                                                  request);
}

Result<accounts::Account> account(const Person& who, const std::string& id) {
  accounts::GetAccountRequest request;
  request.set_account_id(id);
  MT_TRY(const auto response, who.ask<accounts::GetAccountResponse>(
                                  "sys.accounts.v1.AccountService/GetAccount", request));
  return response.account();
}

Code grant(const Person& who, const std::string& id) {
  accounts::GrantRoleRequest request;
  request.set_account_id(id);
  request.set_role(api::v1::ROLE_USER);
  return code_of(
      who.ask<accounts::GrantRoleResponse>("sys.accounts.v1.AccountService/GrantRole", request));
}

Finished erase(const Container& container, const std::string& id) {
  return container.mtctl({"-o", "json", "erase", "account/" + id, "--yes"});
}

void expect_sound(const Container& container) {
  const Finished log = container.mtctl({"events", "verify"});
  EXPECT_EQ(log.exit_code, 0) << log.out << log.err;
  const Finished tables = container.mtctl({"projection", "verify", "sys_accounts_accounts"});
  EXPECT_EQ(tables.exit_code, 0) << tables.out << tables.err;
}

void import_cities(const Container& container, std::size_t count) {
  const Client client = Client::connect("unix:" + container.socket().string());
  CityImport import(first_cities(count));
  import.run(client, count);
  import.settle();
  ASSERT_EQ(import.refusal(), "");
}

TEST(Erasure, LeavesNothingOfAPersonThatCouldBeRead) {
  Container container({.config = kConfig});
  import_cities(container, kAllCities);
  Person ann = Person::at(container);
  Person bob = Person::at(container);
  const std::string id = ann.sign_up("ann.unique@example.org", kPassword)->account_id();
  ASSERT_TRUE(bob.sign_up("bob.unique@example.org", kPassword));
  ASSERT_TRUE(ann.sign_in("ann.unique@example.org", kPassword));
  ASSERT_TRUE(bob.sign_in("bob.unique@example.org", kPassword));
  EXPECT_FALSE(is_in_files(container.data() / "events", "ann.unique"));
  EXPECT_FALSE(is_in_files(container.data() / "events", "$argon2id$"));
  EXPECT_TRUE(is_in_files(container.data() / "tables", "ann.unique"));
  container.stop();
  const fs::path backup = container.folder() / "backup";
  fs::create_directories(backup);
  fs::copy(container.data() / "events", backup / "events");
  container.start();

  const Finished unknown = erase(container, "nobody");
  EXPECT_EQ(unknown.exit_code, 3) << unknown.err;
  const Finished erased = erase(container, id);
  ASSERT_EQ(erased.exit_code, 0) << erased.err;
  EXPECT_NE(erased.out.find("\"subject\": \"account/" + id + "\""), std::string::npos)
      << erased.out;
  EXPECT_NE(erased.out.find("\"table\": \"sys_accounts_accounts\""), std::string::npos);

  const auto expect_erased = [&] {
    Person root = Person::operator_of(container);
    Person again = Person::at(container);
    EXPECT_EQ(account(root, id)->email(), "");
    EXPECT_TRUE(account(root, id)->erased());
    EXPECT_EQ(code_of(again.sign_in("ann.unique@example.org", kPassword)), Code::kUnauthenticated);
    EXPECT_EQ(code_of(again.with_token(ann.token()).self()), Code::kUnauthenticated);
    EXPECT_EQ(grant(root, id), Code::kFailedPrecondition);
    EXPECT_EQ(again.with_token(bob.token()).self()->email(), "bob.unique@example.org");
    const Finished repeated = erase(container, id);
    EXPECT_EQ(repeated.out, erased.out) << repeated.err;
    expect_sound(container);
  };
  expect_erased();
  container.kill();
  container.start();
  expect_erased();
  container.stop();

  // Pages of tables/ that are free may hold old rows; it can be deleted.
  fs::remove_all(container.data() / "tables");
  container.start();
  expect_erased();
  EXPECT_FALSE(is_in_files(container.data(), "ann.unique"));
  EXPECT_TRUE(is_in_files(container.data(), "bob.unique"));
  container.stop();

  // A log from before the erase, with the keys of after it.
  for (const char* derived : {"events", "tables"}) fs::remove_all(container.data() / derived);
  fs::rename(backup / "events", container.data() / "events");
  container.start();
  EXPECT_EQ(account(Person::operator_of(container), id)->email(), "");
  EXPECT_EQ(code_of(bob.sign_in("bob.unique@example.org", kPassword)), Code::kUnavailable)
      << "at the old address";
  EXPECT_FALSE(is_in_files(container.data(), "ann.unique"));
  container.stop();
}

TEST(Erasure, RefusesAnotherMasterKeyByItsFile) {
  Container container({.config = kConfig});
  ASSERT_TRUE(create(Person::operator_of(container), "ann", "ann@example.org"));
  container.stop();
  const fs::path master = container.data() / "secrets/master.key";
  std::ofstream(master, std::ios::binary) << std::string(32, 'x');
  const auto start = run(
      {program("maintemplate2"), {"--data", container.data().string(), "--grpc", "127.0.0.1:0"}});
  EXPECT_EQ(start.exit_code, 1);
  EXPECT_NE(start.err.find("secrets/master.key is not the one"), std::string::npos) << start.err;
}

// The erase goes on in a thread until the container is gone or it has ended.
class ErasingThread {
 public:
  ErasingThread(const Container& container, const std::string& id)
      : thread_([client = Client::connect("unix:" + container.socket().string()), id, this] {
          core::EraseSubjectRequest request;
          request.set_subject("account/" + id);
          (void)client.watch<core::EraseProgress>("sys.core.v1.ErasureService/EraseSubject",
                                                  request,
                                                  [](const core::EraseProgress&) { return true; });
          ended_ = true;
        }) {}
  ~ErasingThread() { thread_.join(); }

  bool has_ended() const { return ended_; }

 private:
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

void expect_erased_in_the_end(const Container& container, const std::string& id) {
  const Finished erased = erase(container, id);
  ASSERT_EQ(erased.exit_code, 0) << id << ": " << erased.err;
  const auto found = account(Person::operator_of(container), id);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->email(), "") << id;
  EXPECT_EQ(erase(container, id).out, erased.out);
}

TEST(Erasure, IsFinishedByTheSameCommandAfterEachOfFiftyKills) {
  Container container({.config = kConfig});
  std::mt19937_64 random(std::random_device{}());
  std::size_t cut_short = 0;
  for (int round = 0; round < 50; ++round) {
    const std::string id = "person-" + std::to_string(round);
    {
      const Person root = Person::operator_of(container);
      ASSERT_TRUE(create(root, id, id + "@example.org"));
      const ErasingThread erasing(container, id);
      // So many answers later, which is sometimes before its end and sometimes after it.
      for (std::uint64_t left = random() % 80; left > 0; --left) {
        (void)root.ask<core::GetStatusResponse>("sys.core.v1.StatusService/GetStatus",
                                                core::GetStatusRequest());
      }
      if (!erasing.has_ended()) ++cut_short;
      container.kill();
    }
    container.start();
    expect_erased_in_the_end(container, id);
  }
  std::cout << "cut short: " << cut_short << " of 50\n";
  expect_sound(container);
  EXPECT_FALSE(is_in_files(container.data() / "events", "@example.org"));
  container.stop();
}

// No file may be written to beyond `bytes`, as if the disk had no more room.
void limit_files(Container& container, std::uint64_t bytes) {
  const rlimit limit{bytes, bytes};
  ASSERT_EQ(prlimit(container.process().id(), RLIMIT_FSIZE, &limit, nullptr), 0);
}

TEST(Erasure, IsFinishedByTheSameCommandAfterAFullDisk) {
  Container container({.config = kConfig});
  std::size_t refused = 0;
  for (std::uint64_t pages : {0, 2, 4, 6, 8, 12, 16, 24, 32, 48}) {
    const std::string id = "person-" + std::to_string(pages);
    ASSERT_TRUE(create(Person::operator_of(container), id, id + "@example.org"));
    limit_files(container, pages * 4096);
    const Finished full = erase(container, id);
    if (full.exit_code != 0) {
      ++refused;
      EXPECT_NE(full.err.find("make room"), std::string::npos) << full.err;
    }
    container.kill();
    container.start();
    expect_erased_in_the_end(container, id);
  }
  EXPECT_GT(refused, 0u);
  expect_sound(container);
  container.stop();
}

}  // namespace
}  // namespace mt::test
