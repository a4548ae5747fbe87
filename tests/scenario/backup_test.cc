// Backups of the logs of the world's cities: taken while they are loaded, by the folder and through
// the node, restored, and interrupted again and again.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "sys/core/v1/core.pb.h"
#include "sys/core/v1/integrity.pb.h"
#include "tests/fixture/built.h"
#include "tests/fixture/file_content.h"
#include "tests/scenario/city_import.h"
#include "tests/scenario/container.h"
#include "tests/scenario/person.h"

namespace mt::test {
namespace {

namespace fs = std::filesystem;
namespace accounts = sys::accounts::v1;
namespace core = sys::core::v1;

Client operator_of(const Container& container) {
  return Client::connect("unix:" + container.socket().string());
}

void expect_holds(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << "no " << part << " in: " << text;
}

Finished mtctl(std::vector<std::string> arguments) {
  return run({program("mtctl"), std::move(arguments)});
}

void must(const Finished& finished) {
  ASSERT_EQ(finished.exit_code, 0) << finished.out << finished.err;
}

// By table: the hash of its rows, which is that of the fold of the log.
std::map<std::string, std::string> table_hashes(const Container& container) {
  std::map<std::string, std::string> hashes;
  const Client client = operator_of(container);
  const auto ended = client.watch<core::ProjectionProgress>(
      "sys.core.v1.ProjectionService/VerifyProjections", core::VerifyProjectionsRequest(),
      [&](const core::ProjectionProgress& progress) {
        if (!progress.done()) return true;
        EXPECT_TRUE(progress.equal()) << progress.table() << progress.failure();
        hashes[progress.table()] =
            std::to_string(progress.position()) + " " + progress.table_hash();
        return true;
      });
  EXPECT_TRUE(ended) << ended.error().message;
  return hashes;
}

// Hashing as cheap as it may be, so that the tests are about something else.
const std::string kConfig = "sys_accounts:\n  password_memory_mib: 8\n  password_passes: 1\n";

// The token of a new superadmin. A container that has one writes nothing at a start: without, it
// issues a token for the setup.
std::string superadmin_of(Container& container) {
  const std::string token =
      value_in(" " + container.process().wait_for_line("setup token="), "token");
  Person person = Person::at(container);
  accounts::CreateFirstSuperadminRequest request;
  request.set_token(token);
  request.set_email("root@example.org");
  request.set_password("correct horse battery");
  const auto created = person.ask<accounts::CreateFirstSuperadminResponse>(
      "sys.accounts.v1.SetupService/CreateFirstSuperadmin", request);
  EXPECT_TRUE(created) << created.error().message;
  EXPECT_TRUE(person.sign_in("root@example.org", "correct horse battery"));
  return person.token();
}

// A container that has not been started on the data folder yet.
class Restored {
 public:
  Restored() {
    container.stop();
    fs::remove_all(container.data());
  }
  std::string data() const { return container.data(); }
  // The keys of personal data, and what they are wrapped with.
  void take_keys_of(const Container& source) const {
    for (const char* folder : {"keys", "secrets"}) {
      fs::copy(source.data() / folder, container.data() / folder,
               fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    }
  }

  Container container;
};

std::vector<std::string> positions_in(const std::string& anchors) {
  std::vector<std::string> limits;
  std::ifstream file(anchors);
  const auto value = [](const std::string& line, const std::string& key) {
    const std::size_t at = line.find(key) + key.size();
    return line.substr(at, line.find_first_of(",\"}", at) - at);
  };
  for (std::string line; std::getline(file, line);) {
    limits.push_back("--to-position");
    limits.push_back(value(line, "\"module\":\"") + "=" + value(line, "\"position\":"));
  }
  return limits;
}

TEST(Backup, TakenUnderLoadIsRestoredToTheSameTables) {
  Container source({.config = kConfig});
  superadmin_of(source);
  const Client client = operator_of(source);
  const auto cities = first_cities(kAllCities);
  CityImport import(cities);
  import.run(client, kAllCities / 3);
  const std::string backup = source.folder() / "backup";
  std::thread importing([&] { import.run(client, cities.size()); });
  const Finished under_load = source.mtctl({"backup", backup});
  const Finished sound = mtctl({"backup", "verify", backup});
  importing.join();
  import.settle();
  ASSERT_TRUE(import.is_complete()) << import.refusal();
  must(under_load);
  must(sound);

  // What it holds, folded from the first event on.
  Restored early;
  must(mtctl({"restore", backup, "--into", early.data()}));
  const std::string cut = source.folder() / "cut";
  must(mtctl({"--data", early.data(), "events", "anchor", "--out", cut}));
  must(source.mtctl({"events", "prove", cut}));
  early.take_keys_of(source);
  early.container.start();
  const auto early_hashes = table_hashes(early.container);
  early.container.stop();

  // All the rest, behind it.
  must(source.mtctl({"backup", backup, "--incremental", "--with-secrets"}));
  Restored whole;
  must(mtctl({"restore", backup, "--into", whole.data()}));
  whole.container.start();
  EXPECT_EQ(table_hashes(whole.container), table_hashes(source));
  whole.container.stop();

  // The whole, stopped where the first step ended: the same tables as those.
  Restored stopped;
  std::vector<std::string> words{"restore", backup, "--into", stopped.data()};
  for (const std::string& word : positions_in(cut)) words.push_back(word);
  must(mtctl(words));
  stopped.take_keys_of(source);
  stopped.container.start();
  EXPECT_EQ(table_hashes(stopped.container), early_hashes);
  stopped.container.stop();
  source.stop();
}

TEST(Backup, LogsPassThroughFilesUnchanged) {
  Container source({.config = kConfig});
  superadmin_of(source);
  const Client client = operator_of(source);
  CityImport import(first_cities(3'000));
  import.run(client, 3'000);
  import.settle();
  ASSERT_TRUE(import.is_complete()) << import.refusal();
  const std::string anchors = source.folder() / "anchors";
  must(source.mtctl({"events", "anchor", "--out", anchors}));
  const auto hashes = table_hashes(source);
  for (const std::string format : {"ndjson", "binary"}) {
    SCOPED_TRACE(format);
    const std::string file = source.folder() / ("logs." + format);
    must(source.mtctl({"events", "export", "--all", "--format", format, "--out", file}));
    Restored made;
    must(mtctl({"events", "import", file, "--into", made.data()}));
    must(mtctl({"--data", made.data(), "events", "prove", anchors}));
    made.take_keys_of(source);
    made.container.start();
    EXPECT_EQ(table_hashes(made.container), hashes);
    made.container.stop();
  }
  const Finished shown = source.mtctl(
      {"events", "export", "sys_timespace", "--from", "2", "--to", "3", "--format", "ndjson"});
  must(shown);
  expect_holds(shown.out, "\"position\":\"2\"");
  expect_holds(shown.out, "{\"complete\":{\"logs\":\"1\"}}");
  source.stop();
}

TEST(Backup, KeepsNoKeyOfWhoWasErasedSince) {
  Container source({.config = kConfig});
  superadmin_of(source);
  Person ann = Person::at(source);
  Person bob = Person::at(source);
  const auto registered = ann.sign_up("ann@example.org", "correct horse battery");
  ASSERT_TRUE(registered) << registered.error().message;
  ASSERT_TRUE(bob.sign_up("bob@example.org", "correct horse battery"));
  const std::string subject = "account/" + registered->account_id();
  const std::string backup = source.folder() / "backup";
  must(source.mtctl({"backup", backup, "--with-secrets"}));
  // Whoever has the keys file of now, and the backup's, finds what both have of her.
  const std::string kept = content_of(fs::path(backup) / "0.keys");
  const std::size_t at = kept.find(subject) + subject.size() + 2;
  const std::string wrapped = kept.substr(at, 72);
  EXPECT_TRUE(is_in_files(source.data() / "keys", wrapped));
  EXPECT_TRUE(is_in_files(backup, wrapped));

  must(source.mtctl({"erase", subject, "--yes"}));
  must(source.mtctl({"backup", backup, "--incremental", "--with-secrets"}));
  EXPECT_FALSE(is_in_files(source.data() / "keys", wrapped));
  EXPECT_FALSE(is_in_files(backup, wrapped));
  must(mtctl({"backup", "verify", backup}));

  // Also from before she was erased, nobody can read of her; of him they can.
  for (const bool early : {false, true}) {
    Restored made;
    std::vector<std::string> words{"restore", backup, "--into", made.data()};
    if (early) words.insert(words.end(), {"--to-position", "sys_core=0"});
    must(mtctl(words));
    made.container.start();
    EXPECT_EQ(
        Person::at(made.container).sign_in("ann@example.org", "correct horse battery").error().code,
        Code::kUnauthenticated);
    EXPECT_TRUE(Person::at(made.container).sign_in("bob@example.org", "correct horse battery"));
    made.container.stop();
  }
  source.stop();
}

TEST(Backup, ThroughTheNodeIsTheSameAsOfItsFolder) {
  Container source({.config = kConfig});
  const std::string token = superadmin_of(source);
  const auto remote = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"--server", source.server(), "--token", token});
    return mtctl(std::move(words));
  };
  const Client client = operator_of(source);
  CityImport import(first_cities(6'000));
  import.run(client, 2'000);
  const std::string backup = source.folder() / "backup";
  std::thread importing([&] { import.run(client, 4'000); });
  const Finished under_load = remote({"backup", backup});
  importing.join();
  import.settle();
  ASSERT_TRUE(import.is_complete()) << import.refusal();
  must(under_load);
  must(source.mtctl({"backup", backup, "--incremental"}));
  const Finished secrets = remote({"backup", backup, "--incremental", "--with-secrets"});
  EXPECT_EQ(secrets.exit_code, 2) << secrets.err;
  must(mtctl({"backup", "verify", backup}));

  Restored made;
  must(mtctl({"restore", backup, "--into", made.data()}));
  const std::string anchors = source.folder() / "anchors";
  must(remote({"events", "anchor", "--out", anchors}));
  must(mtctl({"--data", made.data(), "events", "prove", anchors}));
  const std::string here = source.folder() / "here.ndjson";
  const std::string there = source.folder() / "there.ndjson";
  must(remote({"events", "export", "--all", "--out", there}));
  must(mtctl({"--data", made.data(), "events", "export", "--all", "--out", here}));
  EXPECT_TRUE(content_of(here) == content_of(there)) << "the logs are not the same";
  source.stop();
}

// Bytes of all files below the folder.
std::uint64_t size_of(const fs::path& folder) {
  std::uint64_t size = 0;
  std::error_code failure;
  for (fs::recursive_directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    std::error_code gone;
    const std::uint64_t bytes = entry->file_size(gone);
    if (!gone) size += bytes;
  }
  return size;
}

// kill -9 once the folder has grown by so many bytes, or has been done with.
void kill_when_grown(const std::vector<std::string>& words, const fs::path& folder,
                     std::uint64_t bytes) {
  Process process({program("mtctl"), words});
  const std::uint64_t before = size_of(folder);
  while (!process.has_ended() && size_of(folder) < before + bytes) std::this_thread::yield();
  process.signal(SIGKILL);
  process.wait();
}

class InterruptedBackup : public testing::Test {
 protected:
  InterruptedBackup() {
    grow();
    container.stop();
    const char* given = std::getenv("MT_SEED");
    const std::uint64_t seed = given != nullptr ? std::stoull(given) : std::random_device{}();
    std::cout << "MT_SEED=" << seed << '\n';
    random.seed(seed);
  }
  void grow() {
    clients.push_back(operator_of(container));
    import.run(clients.back(), 4'000);
    import.settle();
    EXPECT_EQ(import.refusal(), "");
  }
  std::vector<std::string> with_data(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--data", container.data().string()});
    return words;
  }
  std::uint64_t below(std::uint64_t bytes) { return random() % bytes; }

  CityImport import{first_cities(12'000)};
  Container container;
  // Until the end: gRPC 1.51 frees its queue twice when a channel ends with its last answer.
  std::vector<Client> clients;
  std::mt19937_64 random;
};

TEST_F(InterruptedBackup, IsMadeByTheSameCommandAfterAKill) {
  const std::string first = container.folder() / "first";
  must(mtctl(with_data({"backup", first})));
  const std::uint64_t full = size_of(first);
  container.start();
  grow();
  container.stop();
  for (int round = 0; round < 50; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const fs::path folder = container.folder() / "backup";
    const bool incremental = round % 2 == 1;
    if (incremental) fs::copy(first, folder, fs::copy_options::recursive);
    std::vector<std::string> words = with_data({"backup", folder});
    if (incremental) words.push_back("--incremental");
    kill_when_grown(words, folder, below(full));
    if (incremental) must(mtctl({"backup", "verify", folder}));
    // Unless it was done before it could be killed.
    if (incremental || !fs::exists(folder / "manifest.json")) must(mtctl(words));
    must(mtctl({"backup", "verify", folder}));
    fs::remove_all(folder);
  }
}

TEST_F(InterruptedBackup, IsRestoredByTheSameCommandAfterAKill) {
  const std::string backup = container.folder() / "backup";
  const std::string anchors = container.folder() / "anchors";
  must(mtctl(with_data({"backup", backup})));
  must(mtctl(with_data({"events", "anchor", "--out", anchors})));
  const std::uint64_t full = size_of(backup);
  for (int round = 0; round < 50; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const fs::path into = container.folder() / "restored";
    const std::vector<std::string> words{"restore", backup, "--into", into};
    kill_when_grown(words, into, below(2 * full));
    if (!fs::exists(into / "format")) {
      EXPECT_EQ(mtctl({"--data", into, "events", "verify"}).exit_code, 3) << "no data folder yet";
      must(mtctl(words));
    }
    must(mtctl({"--data", into, "events", "prove", anchors}));
    fs::remove_all(into);
  }
}

// No file of the command may grow beyond so many blocks of 512 bytes.
Finished on_small_disk(int blocks, const std::vector<std::string>& words) {
  std::string command =
      "trap '' XFSZ; ulimit -f " + std::to_string(blocks) + "; exec " + program("mtctl").string();
  for (const std::string& word : words) command += " '" + word + "'";
  return run({"/bin/sh", {"-c", command}});
}

TEST_F(InterruptedBackup, OnAFullDiskSaysSoAndSucceedsWhenThereIsRoom) {
  const std::string backup = container.folder() / "backup";
  const std::string into = container.folder() / "restored";
  const std::string file = container.folder() / "logs.ndjson";
  for (const auto& words :
       {with_data({"backup", backup}), with_data({"events", "export", "--all", "--out", file}),
        std::vector<std::string>{"restore", backup, "--into", into},
        std::vector<std::string>{"events", "import", file, "--into", into + "2"}}) {
    const Finished refused = on_small_disk(200, words);
    EXPECT_NE(refused.exit_code, 0) << refused.out << refused.err;
    expect_holds(refused.err, "make room on the disk");
    must(mtctl(words));
  }
  must(mtctl({"backup", "verify", backup}));
  must(mtctl({"--data", into, "events", "verify"}));
  must(mtctl({"--data", into + "2", "events", "verify"}));
}

}  // namespace
}  // namespace mt::test
