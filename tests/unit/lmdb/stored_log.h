// A log on a disk for tests that close it, look into its database with LMDB's own functions, change
// what they find and open it again.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "events/byte_order.h"
#include "events/lmdb/env.h"
#include "events/lmdb/lmdb_log.h"
#include "tests/fixture/commits.h"
#include "tests/fixture/temp_folder.h"

namespace mt::test {

inline const ModuleName kModule{"mod_main"};

inline LmdbOptions small_map() {
  return {.map_bytes = std::size_t{256} << 20, .may_undo_last = false};
}

class StoredLog {
 public:
  StoredLog() { EXPECT_TRUE(open()); }

  std::filesystem::path folder() const { return folder_.path() / "events"; }
  LmdbLog& log() { return *log_; }

  Result<void> open(const LmdbOptions& options = small_map()) {
    MT_TRY(log_, LmdbLog::open_environment(folder(), options));
    return log_->open(kModule);
  }
  void close() { log_.reset(); }
  Result<void> reopen() {
    close();
    return open();
  }

  // One more record of `events` events.
  Result<void> append(std::size_t events = 1, std::size_t payload_bytes = 0) {
    const Position head = log_->head(kModule);
    CommitRecord next = record(head + 1, commit(stream("a"), {head.value}, events));
    if (payload_bytes > 0) next.commit.events[0].payload.assign(payload_bytes, 'x');
    const LogAppend append{kModule, &next};
    return log_->append({&append, 1});
  }

  // Opens the closed log's database with LMDB's own functions, for one change.
  void change(const std::function<void(MDB_txn*, MDB_dbi)>& change) {
    close();
    {
      const auto env = LmdbEnv::open(folder(), small_map()).value();
      const MDB_dbi database = env->open_database("mod_main_events").value();
      auto txn = begin_txn(*env, 0).value();
      change(txn.get(), database);
      ASSERT_EQ(mdb_txn_commit(txn.release()), 0);
    }
  }
  // The stored bytes of the record that begins at `first`, after a change of them.
  void change_record(Position first, const std::function<void(std::string&)>& spoil) {
    change([&](MDB_txn* txn, MDB_dbi database) {
      const std::string position = u64_bytes(first.value);
      MDB_val key = to_val(position), value{};
      ASSERT_EQ(mdb_get(txn, database, &key, &value), 0);
      std::string bytes(to_view(value));
      spoil(bytes);
      MDB_val changed = to_val(bytes);
      ASSERT_EQ(mdb_put(txn, database, &key, &changed, 0), 0);
    });
  }
  void remove_record(Position first) {
    change([&](MDB_txn* txn, MDB_dbi database) {
      const std::string position = u64_bytes(first.value);
      MDB_val key = to_val(position);
      ASSERT_EQ(mdb_del(txn, database, &key, nullptr), 0);
    });
  }

  // First positions of all records that a scan from `from` serves, and how it ends.
  Result<void> scan(Position from, std::vector<Position>& firsts) {
    firsts.clear();
    return log_->scan(kModule, from, [&](const CommitRecord& record) {
      firsts.push_back(record.first);
      return Scan::kGoOn;
    });
  }

 private:
  TempFolder folder_;
  std::unique_ptr<LmdbLog> log_;
};

}  // namespace mt::test
