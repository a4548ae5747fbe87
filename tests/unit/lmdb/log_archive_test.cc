// Moving the head of a log into sealed files: whoever reads the log finds all of it, whatever
// happens on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>

#include "events/archive/archive_parser.h"
#include "events/archive/log_archiving.h"
#include "events/archive/log_import.h"
#include "events/archive/segment_writer.h"
#include "events/log_verify.h"
#include "events/memory/memory_log.h"
#include "tests/fixture/archived_logs.h"
#include "tests/fixture/file_content.h"
#include "tests/unit/lmdb/child.h"
#include "tests/unit/lmdb/stored_log.h"

namespace mt {
namespace {

namespace fs = std::filesystem;
using test::Child;
using test::content_of;
using test::kModule;
using test::StoredLog;
using testing::HasSubstr;

// Every record as it is stored, in order.
using Stored = std::vector<std::pair<Position, std::string>>;

Stored stored_of(const EventLog& log, Position from = {1}) {
  Stored all;
  const auto scanned =
      log.scan_stored(kModule, from, [&](const CommitRecord& record, std::string_view bytes) {
        all.emplace_back(record.first, bytes);
        return Scan::kGoOn;
      });
  EXPECT_TRUE(scanned) << scanned.error().message;
  return all;
}

ArchiveWishes before(std::uint64_t position) {
  ArchiveWishes wishes;
  wishes.before = Position{position};
  return wishes;
}

class ArchivedLog : public testing::Test {
 protected:
  static constexpr int kRecords = 3'000;

  void SetUp() override { fill(stored_, kRecords); }

  // Records of one to three events, some of several pages.
  static void fill(StoredLog& stored, int records) {
    std::mt19937 random(7);
    std::vector<CommitRecord> made;
    std::vector<LogAppend> appends;
    Position head = stored.log().head(kModule);
    for (int i = 0; i < records; ++i) {
      made.push_back(
          test::record(head + 1, test::commit(test::stream("a"), {head.value}, random() % 3 + 1)));
      made.back().commit.events[0].payload.assign(random() % 50 == 0 ? 9'000 : random() % 300, 'x');
      head = made.back().last();
    }
    for (CommitRecord& record : made) appends.push_back({kModule, &record});
    ASSERT_TRUE(stored.log().append(appends));
  }
  LmdbLog& log() { return stored_.log(); }
  Result<ArchiveReport> archive(const ArchiveWishes& wishes, const OnArchive& progress = {}) {
    return archive_log(log(), kModule, wishes, progress, {});
  }
  fs::path folder() { return log().folder(kModule); }
  std::vector<fs::path> files() {
    std::vector<fs::path> names;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder(), none)) names.push_back(entry.path());
    std::ranges::sort(names);
    return names;
  }
  fs::path file(std::size_t index = 0) {
    return folder() / file_name(log().segments(kModule).at(index));
  }

  StoredLog stored_;
};

TEST_F(ArchivedLog, IsReadAsIfItWereNot) {
  const Stored all = stored_of(log());
  const Position head = log().head(kModule);
  std::vector<std::uint64_t> sizes;
  for (std::uint64_t p = 1; p <= head.value; ++p) sizes.push_back(log().stored_bytes(kModule, {p}));
  const auto report = archive(before(3'000));
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_EQ(report->made.size(), 1u);
  EXPECT_LT(report->made[0].last, Position{3'000});
  EXPECT_EQ(report->removed, report->made[0].commits);
  EXPECT_EQ(log().held_from(kModule).value(), report->made[0].last + 1);

  for (int opened = 0; opened < 2; ++opened) {
    SCOPED_TRACE(opened);
    EXPECT_EQ(log().head(kModule), head);
    EXPECT_EQ(stored_of(log()), all);
    for (std::uint64_t p = 1; p <= head.value; p += 7) {
      const auto record = log().at(kModule, {p});
      ASSERT_TRUE(record) << record.error().message;
      EXPECT_LE(record->first, Position{p});
      EXPECT_GE(record->last(), Position{p});
      EXPECT_EQ(log().stored_bytes(kModule, {p}), sizes[p - 1]) << p;
    }
    for (const std::uint64_t from : {2u, 1'500u, 2'999u, 3'000u, 3'001u, 4'000u}) {
      const Stored tail = stored_of(log(), {from});
      ASSERT_FALSE(tail.empty());
      EXPECT_TRUE(std::equal(tail.rbegin(), tail.rend(), all.rbegin())) << from;
      EXPECT_LE(tail.front().first, Position{from});
    }
    const auto verified = verify_log(log(), kModule, {}, {});
    ASSERT_TRUE(verified);
    EXPECT_EQ(verified->fault, "");
    EXPECT_EQ(verified->commits, all.size());
    ASSERT_TRUE(stored_.reopen());
  }
  ASSERT_TRUE(stored_.append(2)) << "and it grows";
  EXPECT_EQ(stored_of(log()).size(), all.size() + 1);
}

TEST_F(ArchivedLog, GoesOnFromFileToFile) {
  const Stored all = stored_of(log());
  for (const std::uint64_t position : {500u, 501u, 2'000u, 5'000u}) {
    ASSERT_TRUE(archive(before(position)));
    EXPECT_EQ(stored_of(log()), all);
  }
  EXPECT_EQ(log().segments(kModule).size(), files().size() / 2) << "a seal beside each";
  ArchiveWishes most;
  most.keep = 1;
  ASSERT_TRUE(archive(most));
  EXPECT_EQ(log().held_from(kModule).value(), all.back().first) << "the last commit stays";
  EXPECT_EQ(stored_of(log()), all);
  ASSERT_TRUE(stored_.reopen());
  ASSERT_TRUE(stored_.append(1));
  const auto again = archive(before(5'000));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->made.size(), 0u);
  EXPECT_EQ(again->plan.events(), 0u);
  EXPECT_EQ(stored_of(log()).size(), all.size() + 1);
  const auto verified = verify_log(log(), kModule, {}, {});
  EXPECT_EQ(verified.value().fault, "");
}

TEST_F(ArchivedLog, PlansByPositionTimeAndNumber) {
  const auto last_of = [&](const ArchiveWishes& wishes) {
    return plan_archive(log(), kModule, wishes).value().last;
  };
  const Position last = last_of(before(1'000));
  EXPECT_LT(last, Position{1'000});
  EXPECT_EQ(log().at(kModule, last).value().last(), last) << "whole commits";
  ArchiveWishes wishes;
  wishes.older_than = log().at(kModule, last + 1).value().time;
  EXPECT_EQ(last_of(wishes), last);
  *wishes.older_than += std::chrono::nanoseconds(1);
  EXPECT_EQ(last_of(wishes), log().at(kModule, last + 1).value().last());
  wishes.older_than = Time();
  EXPECT_EQ(last_of(wishes), Position{});
  wishes.older_than = Time::max();
  EXPECT_EQ(last_of(wishes) + 1, log().at(kModule, log().head(kModule)).value().first);
  wishes.keep = log().head(kModule).value - 900;
  EXPECT_LE(last_of(wishes), Position{900});
  EXPECT_GT(last_of(wishes), Position{896});
  wishes.keep = ~std::uint64_t{0};
  EXPECT_EQ(last_of(wishes), Position{});
  EXPECT_EQ(plan_archive(log(), kModule, {}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(plan_archive(log(), {"mod_other"}, before(9)).error().code, Code::kNotFound);
  MemoryLog memory;
  ASSERT_TRUE(memory.open(kModule));
  EXPECT_EQ(plan_archive(memory, kModule, before(9)).error().code, Code::kFailedPrecondition);
  ASSERT_TRUE(log().open({"mod_empty"}));
  EXPECT_EQ(archive_log(log(), {"mod_empty"}, before(9)).value().plan.events(), 0u);
  EXPECT_TRUE(files().empty()) << "a plan makes nothing";
}

TEST_F(ArchivedLog, ItsFilesAreArchivesWithASealBeside) {
  const Stored all = stored_of(log());
  ASSERT_TRUE(archive(before(2'000)));
  const Segment segment = log().segments(kModule).at(0);
  MemoryLog imported;
  LogImport import(imported, {});
  const auto read = test::import_archive(content_of(file()), import);
  ASSERT_TRUE(read) << read.error().message;
  const Stored in_file = stored_of(imported);
  ASSERT_EQ(in_file.size(), segment.commits);
  EXPECT_TRUE(std::equal(in_file.begin(), in_file.end(), all.begin()));
  EXPECT_EQ(content_of(file().string() + ".b2sum"),
            to_hex(segment.file_hash) + "  " + file_name(segment) + "\n");
  EXPECT_EQ(fs::status(file()).permissions(), fs::perms(0600));
}

// What a person or a failing disk does to a file.
TEST_F(ArchivedLog, AMissingOrShortFileIsTheLossOfWhatItHolds) {
  ASSERT_TRUE(archive(before(2'000)));
  const fs::path path = file();
  const std::string sound = content_of(path);
  const Position behind = log().held_from(kModule).value();
  const auto expect_lost = [&](const std::string& why) {
    SCOPED_TRACE(why);
    const auto opened = stored_.reopen();
    ASSERT_TRUE(opened) << "a start needs no file: " << opened.error().message;
    std::vector<Position> served;
    const auto scanned = stored_.scan({1}, served);
    ASSERT_FALSE(scanned);
    EXPECT_EQ(scanned.error().code, Code::kDataLoss);
    EXPECT_THAT(scanned.error().message, HasSubstr(path.string()));
    EXPECT_THAT(scanned.error().message, HasSubstr("positions 1 to "));
    EXPECT_EQ(log().at(kModule, {1'000}).error().code, Code::kDataLoss);
    EXPECT_EQ(log().stored_bytes(kModule, {1}), 0u);
    EXPECT_TRUE(log().at(kModule, behind)) << "the rest serves";
    EXPECT_TRUE(stored_.scan(behind, served));
    EXPECT_TRUE(stored_.append(1));
    EXPECT_THAT(verify_log(log(), kModule, {}, {}).value().fault, HasSubstr(path.string()));
  };
  fs::rename(path, path.string() + ".away");
  expect_lost("missing");
  fs::rename(path.string() + ".away", path);
  fs::resize_file(path, sound.size() - 1);
  expect_lost("cut short");
  std::ofstream(path, std::ios::binary) << sound << "more";
  expect_lost("too long");
  std::ofstream(path, std::ios::binary) << sound;
  EXPECT_EQ(verify_log(log(), kModule, {}, {}).value().fault, "") << "put back";
}

TEST_F(ArchivedLog, AnyFlippedBitOfAFileIsFoundAndNamed) {
  ASSERT_TRUE(archive(before(400)));
  const fs::path path = file();
  const std::string sound = content_of(path);
  const Stored all = stored_of(log());
  std::mt19937 random(17);
  for (int i = 0; i < 150; ++i) {
    // The ends, where the index is, more often.
    const std::size_t near =
        i % 3 == 0 ? sound.size() - 1 - random() % 200 : random() % sound.size();
    std::string spoilt = sound;
    spoilt[near] = static_cast<char>(spoilt[near] ^ (1 << random() % 8));
    std::ofstream(path, std::ios::binary) << spoilt;
    ASSERT_TRUE(stored_.reopen());
    const std::string fault = verify_log(log(), kModule, {}, {}).value().fault;
    ASSERT_THAT(fault, HasSubstr(path.string())) << near;
    // Never served as if it were sound.
    std::size_t served = 0;
    (void)log().scan_stored(kModule, {1}, [&](const CommitRecord&, std::string_view bytes) {
      EXPECT_EQ(bytes, all.at(served).second);
      ++served;
      return Scan::kGoOn;
    });
  }
  std::ofstream(path, std::ios::binary) << sound;
}

// As when the process ends between any two steps.
TEST_F(ArchivedLog, ARunThatWasEndedIsFinishedByTheNext) {
  const Stored all = stored_of(log());
  const std::string doings[] = {"sealing", "checking", "removing"};
  for (const std::string& doing : doings) {
    SCOPED_TRACE(doing);
    const std::uint64_t goal = log().held_from(kModule).value().value + 1'500;
    const auto ended =
        archive(before(goal), [&](const ArchiveProgress& at) { return at.doing != doing; });
    // The removal of a few may be over before the first word of it.
    if (!ended) {
      EXPECT_EQ(ended.error().code, Code::kCancelled);
    }
    EXPECT_EQ(stored_of(log()), all);
    ASSERT_TRUE(stored_.reopen());
    const auto finished = archive(before(goal));
    ASSERT_TRUE(finished) << finished.error().message;
    EXPECT_EQ(log().held_from(kModule).value(), log().segments(kModule).back().last + 1);
    EXPECT_EQ(stored_of(log()), all);
    for (const fs::path& path : files()) EXPECT_NE(path.extension(), ".part");
  }
}

TEST_F(ArchivedLog, RecordsAreNotRemovedWhileTheirFileIsNotSound) {
  // The file is whole and in the catalogue, and nothing is removed yet.
  std::vector<CommitRecord> records;
  ASSERT_TRUE(log().scan(kModule, {1}, [&](const CommitRecord& record) {
    records.push_back(record);
    return records.size() < 500 ? Scan::kGoOn : Scan::kStop;
  }));
  auto writer = SegmentWriter::make(folder()).value();
  ASSERT_TRUE(writer->begin({kModule, {1}, {}}));
  const Stored all = stored_of(log());
  for (std::size_t i = 0; i < records.size(); ++i) {
    ASSERT_TRUE(writer->take(records[i], all[i].second));
  }
  ASSERT_TRUE(writer->end({{kModule, records.back().last(), records.back().hash}, records.size()}));
  ASSERT_TRUE(writer->finish());
  ASSERT_TRUE(log().add(writer->segment()));
  EXPECT_EQ(log().add(writer->segment()).error().code, Code::kFailedPrecondition) << "twice";
  const std::string sound = content_of(file());
  std::string spoilt = sound;
  spoilt[spoilt.size() / 2] ^= 1;
  std::ofstream(file(), std::ios::binary) << spoilt;
  const auto refused = archive(before(2));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kDataLoss);
  EXPECT_EQ(log().held_from(kModule).value(), Position{1}) << "nothing was removed";
  std::ofstream(file(), std::ios::binary) << sound;
  const auto finished = archive(before(2));
  ASSERT_TRUE(finished) << finished.error().message;
  EXPECT_EQ(finished->removed, 500u);
}

TEST_F(ArchivedLog, FilesThatNobodyKnowsOfAreRemoved) {
  fs::create_directories(folder());
  const fs::path left = folder() / file_name({kModule, {1}, {77}});
  const fs::path part = folder() / "next.mtlogs.part";
  const fs::path others = folder() / "notes.txt";
  for (const fs::path& path : {left, part, others}) std::ofstream(path) << "left";
  ASSERT_TRUE(archive(before(100)));
  EXPECT_FALSE(fs::exists(left));
  EXPECT_FALSE(fs::exists(part));
  EXPECT_TRUE(fs::exists(others));
  EXPECT_EQ(files().size(), 3u);
}

// Another program has the log open while the container moves its head.
TEST_F(ArchivedLog, WhoOpenedItBeforeFindsAllOfItToo) {
  const Stored all = stored_of(log());
  stored_.close();
  Child container([&](const Child::Ends& ends) {
    check(stored_.open().has_value(), "the log opens");
    ends.listen();
    check(archive(before(3'000)).has_value(), "it is archived");
    ends.say(1);
    ends.listen();
  });
  auto reader = LmdbLog::open_to_read(stored_.folder()).value();
  EXPECT_EQ(stored_of(*reader), all);
  container.tell();
  ASSERT_EQ(container.hear(), 1u);
  const Position behind = reader->held_from(kModule).value();
  EXPECT_GT(behind, Position{2'990});
  EXPECT_EQ(reader->at(kModule, behind).value().first, behind) << "without having read before it";
  EXPECT_LE(reader->at(kModule, {5}).value().first, Position{5});
  EXPECT_EQ(stored_of(*reader), all);
  container.kill();
  reader.reset();
  ASSERT_TRUE(stored_.open());
}

TEST_F(ArchivedLog, IsWrittenToAndReadMeanwhile) {
  std::atomic<bool> done = false;
  std::thread appending([&] {
    while (!done) ASSERT_TRUE(stored_.append(1));
  });
  std::thread reading([&] {
    std::mt19937 random(3);
    while (!done) {
      const Position at{random() % log().head(kModule).value + 1};
      const auto record = log().at(kModule, at);
      ASSERT_TRUE(record) << record.error().message;
      Position next = record->first;
      const auto scanned = log().scan(kModule, at, [&](const CommitRecord& one) {
        EXPECT_EQ(one.first, next);
        next = one.last() + 1;
        return Scan::kGoOn;
      });
      ASSERT_TRUE(scanned) << scanned.error().message;
    }
  });
  for (std::uint64_t position = 200; position < 5'000; position += 200) {
    const auto report = archive(before(position));
    EXPECT_TRUE(report) << report.error().message;
  }
  done = true;
  appending.join();
  reading.join();
  EXPECT_EQ(verify_log(log(), kModule, {}, {}).value().fault, "");
}

TEST(LongLog, OfAMillionEventsGoesIntoSeveralFiles) {
  StoredLog stored;
  stored.close();
  ASSERT_TRUE(stored.open({.map_bytes = std::size_t{2} << 30, .may_undo_last = true}));
  LmdbLog& log = stored.log();
  for (Position head; head.value < 1'000'000; head = log.head(kModule)) {
    std::vector<CommitRecord> records;
    std::vector<LogAppend> appends;
    for (int i = 0; i < 1'000; ++i, head = records.back().last()) {
      records.push_back(test::record(head + 1, test::commit(test::stream("a"), {head.value}, 10)));
      for (StoredEvent& event : records.back().commit.events) event.payload.resize(280, 'x');
    }
    for (CommitRecord& record : records) appends.push_back({kModule, &record});
    ASSERT_TRUE(log.append(appends));
  }
  const auto start = std::chrono::steady_clock::now();
  const auto report = archive_log(log, kModule, before(900'001), {}, {});
  ASSERT_TRUE(report) << report.error().message;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::cout << "archived " << 900'000 / took.count() << " events a second\n";
  EXPECT_EQ(report->made.size(), 2u);
  EXPECT_EQ(log.held_from(kModule).value(), Position{900'001});
  std::uint64_t events = 0;
  ASSERT_TRUE(log.scan(kModule, {1}, [&events](const CommitRecord& record) {
    events += record.commit.events.size();
    return Scan::kGoOn;
  }));
  EXPECT_EQ(events, 1'000'000u);
  for (std::uint64_t position = 1; position <= 1'000'000; position += 9'973) {
    EXPECT_LE(log.at(kModule, {position}).value().first, Position{position});
  }
  EXPECT_EQ(verify_log(log, kModule, {}, {}).value().fault, "");
}

TEST_F(ArchivedLog, AFullDiskLeavesTheLogWhole) {
  const Stored all = stored_of(log());
  stored_.close();
  Child child([&](const Child::Ends& ends) {
    std::signal(SIGXFSZ, SIG_IGN);
    check(stored_.open().has_value(), "the log opens");
    const rlimit little{64 << 10, RLIM_INFINITY};
    check(setrlimit(RLIMIT_FSIZE, &little) == 0, "a process may limit its own files");
    const auto full = archive(before(3'000));
    ends.say(!full && full.error().code == Code::kResourceExhausted ? 1 : 0);
    ends.say(files().size());
    const rlimit endless{RLIM_INFINITY, RLIM_INFINITY};
    check(setrlimit(RLIMIT_FSIZE, &endless) == 0, "a process may end its own limits");
    ends.say(stored_of(log()) == all && stored_.append(1) && archive(before(3'000)) ? 1 : 0);
  });
  EXPECT_EQ(child.hear(), 1u) << "it says so";
  EXPECT_EQ(child.hear(), 0u) << "nothing is left";
  EXPECT_EQ(child.hear(), 1u) << "and it can be done again";
  child.kill();
  ASSERT_TRUE(stored_.open());
  EXPECT_EQ(stored_of(log()).size(), all.size() + 1);
}

TEST_F(ArchivedLog, KilledAtAnyMomentItLosesNothing) {
  std::mt19937 random(19);
  std::uint64_t acknowledged = log().head(kModule).value;
  for (int round = 0; round < 50; ++round) {
    SCOPED_TRACE(round);
    stored_.close();
    Child child([&](const Child::Ends& ends) {
      check(stored_.open().has_value(), "the log opens");
      std::thread archiving([&] {
        for (;;) check(archive(before(log().held_from(kModule)->value + 60)).has_value(), "room");
      });
      for (;;) {
        check(stored_.append(2, random() % 3'000).has_value(), "the disk has room");
        ends.say(log().head(kModule).value);
      }
    });
    for (std::size_t i = random() % 12 + 1; i > 0; --i) acknowledged = child.hear().value();
    child.kill();
    while (const auto said = child.hear()) acknowledged = *said;
    ASSERT_TRUE(stored_.open());
    EXPECT_GE(log().head(kModule).value, acknowledged);
    const VerifiedLog verified = verify_log(log(), kModule, {}, {}).value();
    ASSERT_EQ(verified.fault, "");
    ASSERT_EQ(verified.end.position, log().head(kModule));
  }
  EXPECT_GT(log().segments(kModule).size(), 1u);
  ASSERT_TRUE(archive(before(acknowledged)));
  for (const fs::path& path : files()) EXPECT_NE(path.extension(), ".part");
  EXPECT_EQ(files().size(), 2 * log().segments(kModule).size());
}

}  // namespace
}  // namespace mt
