// LiveTables: the tables thread. It follows the logs from its own checkpoints and applies each
// batch of records to the derived state and to all live projections in one transaction; a table is
// therefore exactly-once by construction. It also rebuilds and verifies tables while serving.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "events/derived_store.h"
#include "events/event_log.h"
#include "events/kv.h"
#include "events/upcasters.h"
#include "projections/parked_store.h"
#include "projections/projection.h"
#include "projections/table_changes.h"
#include "projections/table_diff.h"

namespace mt {

// What the tables thread must know of a module.
struct TableModule {
  ModuleName name;
  const Upcasters* upcasters = nullptr;
  std::vector<std::shared_ptr<Projection>> projections;
  std::chrono::nanoseconds remembered = kRemembered;  // its keyed commands
  // Older versions of these tables: one that served goes on to until it is upgraded.
  std::vector<std::shared_ptr<Projection>> earlier = {};
};

struct TableSettings {
  // What a fold of a table takes before it is laid down on the disk, about, in bytes.
  std::size_t rebuild_memory = std::size_t{256} << 20;
};

struct TableState {
  std::string name;
  ModuleName module;
  std::string state;  // building, live, retired, detached, failed
  std::uint32_t version = 1;
  Position checkpoint;
  std::string failure;  // names the event's position and why
  std::uint64_t rows = 0;
  std::uint64_t parked = 0;  // streams of which events wait
  // Both told by TableUpgrades alone: what its stores take, about, and the newest version that the
  // program has, when this one serves.
  std::uint64_t bytes = 0;
  std::uint32_t newest = 0;
};

// How far a fold is: of a table, or at the start of a module's log. Called on the thread that asked
// for it, about ten times a second and once at the end; must not block. Return false to cancel.
struct FoldProgress {
  std::string what;  // the table's or the module's name
  Position position;
  Position head;
  double events_per_second = 0;

  double seconds_left() const;  // 0: not known, or nothing is left
};
using OnFold = std::function<bool(const FoldProgress&)>;

struct FoldReport {
  std::string table;
  Position position;  // up to which both were folded
  std::uint64_t rows = 0;
  std::uint64_t parked = 0;  // streams that are left out, of both sides of a comparison
  bool equal = true;         // verify only
  Hash table_hash{};         // of all stores of the table in key order
  Hash log_hash{};           // the same of the fold of the log
  TableDiff diff;            // from the table to the fold of the log, when they are not equal
  double seconds = 0;
};

// A stream that one table leaves out from an event on, because that could not be applied.
struct ParkedStream {
  std::string table;
  ModuleName module;
  StreamId stream;
  ParkedEvent event;          // the first that waits
  std::uint64_t waiting = 0;  // events, with the first
};

// What became of a parked stream that was tried again.
struct RetryReport {
  std::string table;
  StreamId stream;
  ParkedEvent event;                 // that it waited at
  std::uint64_t applied = 0;         // events
  std::optional<ParkedEvent> again;  // where it waits now
};

class TableUpgrades;

class LiveTables {
 public:
  // All references outlive it.
  LiveTables(KvEnv& env, const EventLog& log, DerivedStore& derived,
             std::vector<TableModule> modules, const TableSettings& settings = {});
  ~LiveTables();  // stop()

  // Opens all stores, builds tables that are new or of another version, catches up with the logs.
  // CANCELLED when `progress` said so: what was folded stays, the next start goes on from there.
  Result<void> open(const OnFold& progress);

  void start();
  // From any thread: the log has grown.
  void wake();
  // Ends the thread after the batch it is at; waiters that were not reached are answered false.
  void stop();

  // Calls `done(true)` once the module's tables hold `position`, on the tables thread (at once, on
  // the caller's thread, when they do already), or `done(false)` when the tables thread stopped
  // first. `done` must not block.
  void when_applied(const ModuleName& module, Position position, std::function<void(bool)> done);
  Position applied(const ModuleName& module) const;

  // Keeps a snapshot with the batch that holds its stream's events up to it; from any thread.
  void put_snapshot(const ModuleName& module, const StreamId& stream, StoredSnapshot snapshot);

  // Lends `question` a consistent view of all tables, a `const KvReader&`, and returns its answer,
  // a Result. What was read under a fault may lack rows: the fault is the answer then, whatever the
  // question made of it. UNAVAILABLE when it reads a table that lacks what its log holds. Any
  // thread; the view is gone when this returns.
  template <typename Question>
  auto read(Question&& question) const {
    const std::unique_ptr<KvReader> view = open_view();
    typename AnswerOf<std::invoke_result_t<Question, const KvReader&>>::type answer =
        std::forward<Question>(question)(*view);
    if (Result<void> status = view->status(); !status) answer = std::move(status).error();
    return answer;
  }

  // What the derived state holds of entities and shall hold no more: their snapshots, also those on
  // their way, and claims of theirs. From any thread; returns after it is gone.
  struct LetGo {
    std::set<StreamId> snapshots;
    std::vector<std::pair<StreamId, Claim>> claims;  // the holder's, if it still is
  };
  Result<void> let_go(const ModuleName& module, const LetGo& what);

  // A place in the changes of a table's rows, for any thread; to be gone before this is. NOT_FOUND
  // for an unknown table.
  Result<std::unique_ptr<TableWatch>> watch(const std::string& table, RowRange range);

  // Of the versions that serve.
  std::vector<TableState> states() const;
  // All versions, and the way from one to another.
  TableUpgrades& upgrades();

  // Why the tables thread stopped by itself (full disk, damaged log); empty while it runs.
  std::string failure() const;
  // Why the module's tables follow its log no more: its log is damaged, or the thread has stopped;
  // empty while they do.
  std::string failure(const ModuleName& module) const;

  // Folds the log again into the table's other copy, which takes the place of the one that serves
  // in one transaction; queries see the old rows until then, appends go on. Heals a failed table
  // and tries parked streams again. A version that served before and follows the log is folded
  // again too. NOT_FOUND for an unknown table.
  Result<FoldReport> rebuild(const std::string& table, const OnFold& progress);
  // Whether a table of the module is being rebuilt. Any thread.
  bool is_rebuilding(const ModuleName& module) const;

  // The parked streams of a table, or of all when it is empty, by table and position. NOT_FOUND for
  // an unknown table.
  Result<std::vector<ParkedStream>> parked(const std::string& table) const;
  // Applies the events of a parked stream that wait, in one transaction. They come late: a row that
  // is made of several streams may differ from a fold of the log in its order, which verify() tells
  // and rebuild() mends. NOT_FOUND when the stream is not parked.
  Result<RetryReport> retry(const std::string& table, const StreamId& stream);
  // The same, without the one at `position`, which this version of the table leaves out for good.
  // FAILED_PRECONDITION when the stream waits at another position.
  Result<RetryReport> drop(const std::string& table, const StreamId& stream, Position position,
                           const Dropped& why);

  // What its rows and indexes are. NOT_FOUND for an unknown table.
  Result<const TableBase*> table(const std::string& name) const;

  // Compares the table, at one position, with the fold of the log, and names the first rows that
  // differ. FAILED_PRECONDITION when the
  // table follows its log no more.
  Result<FoldReport> verify(const std::string& table, const OnFold& progress) const;

 private:
  template <typename T>
  struct AnswerOf {
    using type = Result<T>;
  };
  template <typename T>
  struct AnswerOf<Result<T>> {
    using type = Result<T>;
  };

  std::unique_ptr<KvReader> open_view() const;

  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mt
