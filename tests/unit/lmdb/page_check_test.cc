// What a changed bit anywhere in an events environment does: it is found and named, or it changes
// nothing. Never a crash, never another content.
#include "events/lmdb/page_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <thread>

#include "events/lmdb/env_check.h"
#include "events/log_verify.h"
#include "tests/fixture/file_content.h"
#include "tests/unit/lmdb/stored_log.h"

namespace mt {
namespace {

namespace fs = std::filesystem;
using test::content_of;
using test::kModule;
using test::StoredLog;
using testing::HasSubstr;

const ModuleName kOther{"sys_core"};

fs::path file_of(const StoredLog& stored) { return stored.folder() / "data.mdb"; }

void write(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

// Two logs with short records, long ones, and trees of some depth. Each append is a commit, so that
// there are free pages.
void fill(StoredLog& stored, std::size_t records) {
  ASSERT_TRUE(stored.log().open(kOther));
  for (std::size_t i = 0; i < records; ++i) {
    ASSERT_TRUE(stored.append(1 + i % 3, i % 16 == 5 ? 9000 : 40));
  }
  CommitRecord one = test::record({1}, test::commit(test::stream("b"), {0}));
  const LogAppend append{kOther, &one};
  ASSERT_TRUE(stored.log().append({&append, 1}));
}

// The log's bytes up to the end of what is used, and half a page beyond.
std::string used_part(StoredLog& stored) {
  stored.close();
  std::string bytes = content_of(file_of(stored));
  const auto snapshots = read_snapshots(bytes);
  EXPECT_TRUE(snapshots);
  const lmdb_format::Meta& newest = snapshots->newest;
  bytes.resize((newest.last_page + 1) * newest.free_list.page_bytes + 2048);
  return bytes;
}

// Why the bytes are no sound log; empty: the check of their pages finds nothing.
std::string page_faults(const std::string& bytes) {
  const auto snapshots = read_snapshots(bytes);
  if (!snapshots) return snapshots.error().message;
  const PageReport report = check_pages(bytes, *snapshots, snapshots->newest);
  return report.faults.empty() ? "" : to_string(report.faults.front());
}

struct Read {
  std::string fault;  // the first one
  std::vector<Anchor> ends;
};

// All of a folder, as `mtctl events verify` reads it.
Read read_all(const fs::path& folder) {
  const auto log = LmdbLog::open_to_read(folder);
  if (!log) return {log.error().message, {}};
  Read read;
  for (const ModuleName& module : (*log)->modules()) {
    const auto verified = verify_log(**log, module, {}, {});
    if (!verified) return {verified.error().message, {}};
    if (read.fault.empty()) read.fault = verified->fault;
    read.ends.push_back(verified->end);
  }
  return read;
}

class PageCheck : public testing::Test {
 protected:
  StoredLog stored_;
};

TEST_F(PageCheck, FindsNothingInASoundEnvironment) {
  EXPECT_EQ(page_faults(used_part(stored_)), "") << "a new one";
  ASSERT_TRUE(stored_.open());
  fill(stored_, 600);
  const std::string bytes = used_part(stored_);
  EXPECT_EQ(page_faults(bytes), "");
  const auto snapshots = read_snapshots(bytes);
  ASSERT_TRUE(snapshots);
  const PageReport report = check_pages(bytes, *snapshots, snapshots->newest);
  EXPECT_GT(report.pages, snapshots->newest.last_page / 2);
  EXPECT_LE(report.pages, snapshots->newest.last_page - 1);
}

// Which is what a reader holds while the next commit's meta page is being flushed.
TEST_F(PageCheck, FindsNothingInTheCommitBeforeTheLast) {
  fill(stored_, 600);
  const std::string bytes = used_part(stored_);
  const auto snapshots = read_snapshots(bytes);
  ASSERT_TRUE(snapshots);
  const auto* before = snapshots->of(snapshots->newest.txn - 1);
  ASSERT_NE(before, nullptr);
  EXPECT_EQ(snapshots->of(snapshots->newest.txn - 2), nullptr);
  const PageReport report = check_pages(bytes, *snapshots, *before);
  EXPECT_EQ(report.fault_count, 0u) << to_string(report.faults.front());
  EXPECT_GT(report.pages, before->last_page / 2);
}

TEST_F(PageCheck, FindsAnyBitOfTheMetaPagesThatMatters) {
  fill(stored_, 40);
  std::string bytes = used_part(stored_);
  const auto snapshots = read_snapshots(bytes);
  ASSERT_TRUE(snapshots);
  const std::size_t newest = snapshots->newest.txn % 2 * snapshots->newest.free_list.page_bytes;
  // The trees, the last page of it, and the number of the commit; not what LMDB does not read.
  for (std::size_t bit = 8 * (newest + 44); bit < 8 * (newest + 152); ++bit) {
    const bool is_padding = bit / 8 - newest >= 88 && bit / 8 - newest < 92;
    const bool is_last_page = bit / 8 - newest >= 136 && bit / 8 - newest < 144;
    if (is_padding || is_last_page) continue;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    EXPECT_NE(page_faults(bytes), "") << "bit " << bit % 8 << " of byte " << bit / 8 - newest;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
  }
}

TEST_F(PageCheck, NamesThePageAndTheDatabase) {
  fill(stored_, 600);
  std::string bytes = used_part(stored_);
  // A bit in the header of some page of the module's log.
  std::string fault;
  for (std::size_t page = 2; fault.find("of mod_main_events") == std::string::npos; ++page) {
    ASSERT_LT(page, bytes.size() / 4096);
    std::string changed = bytes;
    changed[page * 4096 + 12] = static_cast<char>(changed[page * 4096 + 12] ^ 2);
    fault = page_faults(changed);
    if (!fault.empty()) write(file_of(stored_), changed);
  }
  EXPECT_THAT(fault, testing::StartsWith("page "));
  const auto opened = LmdbLog::open_environment(stored_.folder(), test::small_map());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kDataLoss);
  EXPECT_THAT(opened.error().message, HasSubstr(fault));

  // The other log is read all the same.
  const auto log = LmdbLog::open_to_read(stored_.folder());
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_THAT(verify_log(**log, kModule, {}, {})->fault, HasSubstr(fault));
  EXPECT_EQ(verify_log(**log, kOther, {}, {})->fault, "");
  EXPECT_FALSE(anchor_of(**log, kModule)) << "nobody takes it for an empty one";
}

TEST_F(PageCheck, FindsAFileThatIsCutOff) {
  fill(stored_, 40);
  const std::string bytes = used_part(stored_);
  for (const std::size_t size : {std::size_t{100}, std::size_t{4097}, bytes.size() / 2}) {
    EXPECT_NE(page_faults(bytes.substr(0, size)), "") << size;
  }
}

TEST_F(PageCheck, HoldsWhileALogIsWritten) {
  fill(stored_, 40);
  // The environment's snapshot is that of one moment, whatever is appended meanwhile.
  std::thread writing([&] {
    for (int i = 0; i < 300; ++i) ASSERT_TRUE(stored_.append());
  });
  const auto folder = stored_.folder();
  for (int i = 0; i < 200; ++i) {
    const auto before = check_before_open(folder);
    EXPECT_TRUE(before) << before.error().message;
  }
  writing.join();
}

// Every flip in a folder that is opened and read as an operator's check does.
void expect_found_or_harmless(StoredLog& stored, int flips, unsigned seed) {
  const std::string sound = used_part(stored);
  const Read before = read_all(stored.folder());
  ASSERT_EQ(before.fault, "");
  std::mt19937 random(seed);
  int found = 0;
  for (int i = 0; i < flips; ++i) {
    const std::size_t bit = random() % (8 * sound.size());
    std::string bytes = sound;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    write(file_of(stored), bytes);
    const Read after = read_all(stored.folder());
    const bool is_found = !after.fault.empty();
    found += is_found;
    ASSERT_TRUE(is_found || after.ends == before.ends)
        << "bit " << bit % 8 << " of byte " << bit / 8 % 4096 << " of page " << bit / 8 / 4096;
    // Whoever serves it does so, or refuses to.
    if (is_found == page_faults(bytes).empty()) continue;
    const auto served = LmdbLog::open_environment(stored.folder(), test::small_map());
    EXPECT_EQ(served.has_value(), !is_found);
  }
  EXPECT_GT(found, flips / 4) << "most of a log is used";
  write(file_of(stored), sound);
}

TEST_F(PageCheck, AnyBitOfASmallLogIsFoundOrHarmless) {
  fill(stored_, 60);
  expect_found_or_harmless(stored_, 1000, 7);
}

TEST_F(PageCheck, AnyBitOfALargerLogIsFoundOrHarmless) {
  fill(stored_, 600);
  expect_found_or_harmless(stored_, 1000, 11);
}

}  // namespace
}  // namespace mt
