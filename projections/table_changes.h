// TableChanges: which rows of one table were changed lately, for those who watch it. The tables
// thread notes them while it applies a batch, once for all watches, and publishes them after the
// commit; each watch has a place in them and reads the rows at its own pace. What is kept is
// bounded: a watch that falls behind further than that learns that it must begin anew.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/kv.h"
#include "projections/row_changes.h"
#include "projections/row_notes.h"

namespace mt {

class TableWatch;

class TableChanges {
 public:
  // What is kept of a table's changes at most: some 25,000 rows of three indexes.
  static constexpr std::size_t kMostBytes = std::size_t{4} << 20;

  explicit TableChanges(std::size_t most_bytes = kMostBytes);

  // ---- the tables thread's ----

  // Before a transaction: where its changes are to be noted. Null when nobody watches the table.
  RowNotes* begin();
  // After its commit: the table holds that position now.
  void publish(Position reached);

  // While all rows are replaced: from before the commit until after it. Every watch begins anew.
  class Replacing {
   public:
    Replacing(TableChanges& changes, Position reached);
    Replacing(const Replacing&) = delete;
    Replacing& operator=(const Replacing&) = delete;
    ~Replacing();

   private:
    TableChanges& changes_;
    const Position reached_;
  };

  // Nothing more will come: every watch ends with that, of which the first counts.
  void close(Error why);
  // It goes on after all. At the start, or while all rows are replaced.
  void reopen();

 private:
  friend class TableWatch;

  struct Batch {
    Position position;
    RowChanges rows;
  };
  class Notes final : public RowNotes {
   public:
    void row_changed(std::string_view key, const std::vector<std::string>& was,
                     const std::vector<std::string>& is) override {
      rows.add(key, was, is);
    }
    RowChanges rows;
  };

  // The error that every watch ends with, once nothing more will come.
  Result<void> check_open();
  void keep(Position reached);
  void tell_watches(const RowChanges& rows, Position reached);
  void wake_all();
  void stop_noting_if_useless();

  const std::size_t most_bytes_;
  std::atomic<bool> is_on_ = false;  // changes are to be noted
  bool noting_ = false;              // they are, in this transaction; the tables thread's
  Notes notes_;                      // the same

  std::mutex mutex_;
  std::condition_variable published_changed_;
  std::uint64_t run_;   // another one after each replacement, and in each process
  Position published_;  // the table holds at least this
  Position floor_;      // all changes behind this one are in `batches_`
  std::deque<std::shared_ptr<const Batch>> batches_;
  std::size_t bytes_ = 0;
  bool replacing_ = false;
  std::optional<Error> closed_;
  std::list<TableWatch*> watches_;
  Position last_left_;  // when the last watch left; it may come back
};

// One watch's place in the changes of a table. One thread at a time.
class TableWatch {
 public:
  // The position that the table holds in a view.
  using PositionIn = std::function<Result<Position>(const KvReader&)>;

  // `changes` outlives it.
  TableWatch(TableChanges& changes, RowRange range, PositionIn position_in);
  ~TableWatch();
  TableWatch(const TableWatch&) = delete;
  TableWatch& operator=(const TableWatch&) = delete;

  const RowRange& range() const { return range_; }

  // Goes on behind the position that `token` names, when the changes since are known; otherwise, as
  // without one, the watch begins with all rows. INVALID_ARGUMENT when it is no token.
  Result<void> resume(const std::string& token);

  enum class Taken {
    kChanges,  // `keys` has gained those of all rows of the range that changed since the last time
    kAllRows,  // forget what was read: all rows, as they are in this view, and what comes after
    kNotYet,   // the view cannot be used: wait_for_publication(), then take another one
  };
  // What changed up to a view of the tables, and the position that the table holds in it. An error
  // when nothing more will come, or of the view.
  Result<Taken> take(const KvReader& view, Position& position,
                     std::set<std::string, std::less<>>& keys);

  // Names the position of the last take, for resume().
  std::string resume_token(Position position) const;

  // Until rows of the range have changed, or that time is over. True: they have.
  bool wait_for_changes(std::chrono::milliseconds patience);
  void wait_for_publication(Position position, std::chrono::milliseconds patience);

 private:
  friend class TableChanges;

  TableChanges& changes_;
  const RowRange range_;
  const PositionIn position_in_;
  std::list<TableWatch*>::iterator self_;

  // Under the mutex of the changes.
  std::condition_variable changed_;
  bool is_behind_ = true;         // rows of its range may have changed since the last take
  std::optional<Position> next_;  // all up to here was taken; none: it has not begun
  std::uint64_t run_ = 0;         // to which `next_` belongs; changed by this watch alone
};

}  // namespace mt
