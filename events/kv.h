// Ordered key-value stores inside one transaction, as a port: tables, indexes and all derived state
// lie on it. Implementations: LmdbKv (events/lmdb) for the tables environment, MemoryKv
// (events/memory) for folding a log in memory; both pass tests/contract/kv_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "events/event_log.h"

namespace mt {

class RowNotes;

// A named store of an environment, valid as long as the environment.
struct StoreId {
  std::uint32_t value = 0;
  auto operator<=>(const StoreId&) const = default;
};

enum class Order { kForward, kBackward };

// Views are valid until the transaction ends or, in a write transaction, until its next change.
// What is being visited must not be changed by the visitor: collect first, then change.
using KvVisitor = std::function<Scan(std::string_view key, std::string_view value)>;

// A consistent view. One thread at a time; keep it short, it pins pages.
class KvReader {
 public:
  virtual ~KvReader() = default;

  // The first fault that a read of this transaction met (a damaged page, no memory): what it found
  // since may lack entries. Whoever answers from these reads asks for this before it answers.
  virtual Result<void> status() const = 0;
  // For whoever meets bytes that were never written so: the disk has changed them. Becomes this
  // view's status(), unless an earlier fault is it already.
  virtual void fail(Error why) const = 0;

  virtual std::optional<std::string_view> get(StoreId store, std::string_view key) const = 0;

  // Visits entries whose key begins with `prefix`, in key order. Forward: those greater than
  // `after`; backward: those less than `after`; an empty `after` begins at that end of the prefix's
  // range.
  virtual void scan(StoreId store, std::string_view prefix, std::string_view after, Order order,
                    const KvVisitor& visit) const = 0;

  // Visits entries with from <= key < to, in order.
  virtual void range(StoreId store, std::string_view from, std::string_view to,
                     const KvVisitor& visit) const = 0;

  virtual std::uint64_t size(StoreId store) const = 0;
};

// The environment's only write transaction. Changes return nothing: the first change or read that
// fails (a full disk, a damaged page, an empty key or one over kMaxKey) is its status() from then
// on and makes the commit fail with it.
class KvWriter : public KvReader {
 public:
  static constexpr std::size_t kMaxKey = 511;  // LMDB's

  virtual void put(StoreId store, std::string_view key, std::string_view value) = 0;
  // `key` is greater than every key of the store; the fast way to fill one.
  virtual void append(StoreId store, std::string_view key, std::string_view value) = 0;
  virtual bool erase(StoreId store, std::string_view key) = 0;
  virtual void clear(StoreId store) = 0;

  // Who is to be told of the rows that a table changes through this (projections/row_notes.h);
  // null: nobody.
  virtual RowNotes* row_notes() { return nullptr; }
};

class KvEnv {
 public:
  virtual ~KvEnv() = default;

  // The store of that name, made when missing. Not inside a transaction of this thread.
  virtual Result<StoreId> open(const std::string& name) = 0;

  // The names of all stores that were ever made, in order.
  virtual Result<std::vector<std::string>> names() const = 0;
  // What the store takes on the disk, or in memory, about.
  virtual std::uint64_t bytes(StoreId store) const = 0;

  virtual std::unique_ptr<KvReader> read() const = 0;

  // Runs `change` in the write transaction and commits it; an error of either leaves all as it was.
  virtual Result<void> write(const std::function<Result<void>(KvWriter&)>& change) = 0;
};

}  // namespace mt
