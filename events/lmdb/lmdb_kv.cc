#include "events/lmdb/lmdb_kv.h"

#include <utility>

#include "events/base/check.h"
#include "events/base/log.h"
#include "events/lmdb/error.h"

namespace mt {
namespace {

constexpr std::size_t kIdleReaders = 64;

const Logger& logger() {
  static const Logger log("lmdb");
  return log;
}

bool begins_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// The greatest key that begins with `prefix` lies just before this one.
std::string after_prefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

// Reading within a transaction, of a reader or of the writer. A fault of LMDB reads as "nothing
// there" and is logged: a query must not bring the node down.
class Reading {
 public:
  explicit Reading(MDB_txn* txn) : txn_(txn) {}

  std::optional<std::string_view> get(StoreId store, std::string_view key) const {
    if (key.empty() || key.size() > KvWriter::kMaxKey) return std::nullopt;
    MDB_val wanted = to_val(key);
    MDB_val found{};
    const int code = mdb_get(txn_, store.value, &wanted, &found);
    if (code == 0) return to_view(found);
    report(code);
    return std::nullopt;
  }

  void forward(StoreId store, std::string_view prefix, std::string_view after,
               const KvVisitor& visit) const {
    Walk walk(*this, store);
    bool there = after.empty() ? (prefix.empty() ? walk.move(MDB_FIRST) : walk.at_least(prefix))
                               : walk.at_least(after);
    if (there && !after.empty() && walk.key() == after) there = walk.move(MDB_NEXT);
    for (; there && begins_with(walk.key(), prefix); there = walk.move(MDB_NEXT)) {
      if (visit(walk.key(), walk.value()) == Scan::kStop) return;
    }
  }

  void backward(StoreId store, std::string_view prefix, std::string_view after,
                const KvVisitor& visit) const {
    Walk walk(*this, store);
    const std::string end = after.empty() ? after_prefix(prefix) : std::string(after);
    // Everything from `end` on is too great; without an `end` the walk begins at the last key.
    bool there = !end.empty() && walk.at_least(end) ? walk.move(MDB_PREV) : walk.move(MDB_LAST);
    for (; there && begins_with(walk.key(), prefix); there = walk.move(MDB_PREV)) {
      if (visit(walk.key(), walk.value()) == Scan::kStop) return;
    }
  }

  void range(StoreId store, std::string_view from, std::string_view to,
             const KvVisitor& visit) const {
    Walk walk(*this, store);
    bool there = from.empty() ? walk.move(MDB_FIRST) : walk.at_least(from);
    for (; there && walk.key() < to; there = walk.move(MDB_NEXT)) {
      if (visit(walk.key(), walk.value()) == Scan::kStop) return;
    }
  }

  std::uint64_t size(StoreId store) const {
    MDB_stat stat{};
    if (const int code = mdb_stat(txn_, store.value, &stat); code != 0) report(code);
    return stat.ms_entries;
  }

 private:
  static void report(int code) {
    if (code == MDB_NOTFOUND) return;
    logger().error("table read failed", {{"reason", from_lmdb(code, "read a table").message}});
  }

  // One cursor on its way through a store.
  class Walk {
   public:
    Walk(const Reading& reading, StoreId store) {
      MDB_cursor* raw = nullptr;
      if (const int code = mdb_cursor_open(reading.txn_, store.value, &raw); code != 0) {
        report(code);
        return;
      }
      cursor_.reset(raw);
    }
    bool at_least(std::string_view key) {
      key_ = to_val(key.substr(0, KvWriter::kMaxKey));
      return move(MDB_SET_RANGE);
    }
    bool move(MDB_cursor_op op) {
      if (cursor_ == nullptr) return false;
      const int code = mdb_cursor_get(cursor_.get(), &key_, &value_, op);
      if (code != 0) report(code);
      return code == 0;
    }
    std::string_view key() const { return to_view(key_); }
    std::string_view value() const { return to_view(value_); }

   private:
    LmdbCursor cursor_;
    MDB_val key_{};
    MDB_val value_{};
  };

  MDB_txn* txn_;
};

// The reading half of a KvReader or KvWriter.
template <typename Base>
class ReadingBase : public Base {
 public:
  explicit ReadingBase(MDB_txn* txn) : reading_(txn) {}

  std::optional<std::string_view> get(StoreId store, std::string_view key) const override {
    return reading_.get(store, key);
  }
  void scan(StoreId store, std::string_view prefix, std::string_view after, Order order,
            const KvVisitor& visit) const override {
    if (order == Order::kForward) {
      reading_.forward(store, prefix, after, visit);
    } else {
      reading_.backward(store, prefix, after, visit);
    }
  }
  void range(StoreId store, std::string_view from, std::string_view to,
             const KvVisitor& visit) const override {
    reading_.range(store, from, to, visit);
  }
  std::uint64_t size(StoreId store) const override { return reading_.size(store); }

 private:
  Reading reading_;
};

class Writer final : public ReadingBase<KvWriter> {
 public:
  explicit Writer(MDB_txn* txn) : ReadingBase(txn), txn_(txn) {}

  void put(StoreId store, std::string_view key, std::string_view value) override {
    put_with(store, key, value, 0);
  }
  void append(StoreId store, std::string_view key, std::string_view value) override {
    put_with(store, key, value, MDB_APPEND);
  }
  bool erase(StoreId store, std::string_view key) override {
    if (key.empty() || key.size() > kMaxKey) return false;
    MDB_val wanted = to_val(key);
    const int code = mdb_del(txn_, store.value, &wanted, nullptr);
    if (code != 0 && code != MDB_NOTFOUND) fail(from_lmdb(code, "erase from a table"));
    return code == 0;
  }
  void clear(StoreId store) override {
    if (const int code = mdb_drop(txn_, store.value, 0); code != 0) {
      fail(from_lmdb(code, "clear a table"));
    }
  }

  const Result<void>& outcome() const { return outcome_; }

 private:
  void put_with(StoreId store, std::string_view key, std::string_view value, unsigned flags) {
    if (key.empty() || key.size() > kMaxKey) {
      fail(internal("a key has " + std::to_string(key.size()) + " bytes; 1 to " +
                    std::to_string(kMaxKey) + " are possible"));
      return;
    }
    if (!outcome_) return;
    MDB_val raw_key = to_val(key);
    MDB_val raw_value = to_val(value);
    const int code = mdb_put(txn_, store.value, &raw_key, &raw_value, flags);
    if (code != 0) fail(from_lmdb(code, "write to a table"));
  }
  void fail(Error error) {
    if (outcome_) outcome_ = std::move(error);
  }

  MDB_txn* txn_;
  Result<void> outcome_;
};

}  // namespace

// A read transaction on loan.
class LmdbKv::Reader final : public ReadingBase<KvReader> {
 public:
  Reader(const LmdbKv& kv, LmdbTxn txn) : ReadingBase(txn.get()), kv_(kv), txn_(std::move(txn)) {}
  ~Reader() override { kv_.give_back(std::move(txn_)); }

 private:
  const LmdbKv& kv_;
  LmdbTxn txn_;
};

Result<std::unique_ptr<LmdbKv>> LmdbKv::open_environment(const std::filesystem::path& folder,
                                                         const LmdbOptions& options) {
  MT_TRY(std::shared_ptr<LmdbEnv> env, LmdbEnv::open(folder, options));
  return std::unique_ptr<LmdbKv>(new LmdbKv(std::move(env)));
}

LmdbKv::~LmdbKv() { idle_.clear(); }

Result<StoreId> LmdbKv::open(const std::string& name) {
  if (const auto known = stores_.find(name); known != stores_.end()) return known->second;
  MT_TRY(const MDB_dbi database, env_->open_database(name));
  return stores_.emplace(name, StoreId{database}).first->second;
}

LmdbTxn LmdbKv::take_reader() const {
  LmdbTxn txn;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      txn = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (txn != nullptr && mdb_txn_renew(txn.get()) == 0) return txn;
  auto fresh = begin_txn(*env_, MDB_RDONLY);
  check(fresh.has_value(), "a read transaction can begin while the environment is open");
  return *std::move(fresh);
}

void LmdbKv::give_back(LmdbTxn txn) const {
  mdb_txn_reset(txn.get());
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kIdleReaders) idle_.push_back(std::move(txn));
}

std::unique_ptr<KvReader> LmdbKv::read() const {
  return std::make_unique<Reader>(*this, take_reader());
}

Result<void> LmdbKv::write(const std::function<Result<void>(KvWriter&)>& change) {
  MT_TRY(LmdbTxn txn, begin_txn(*env_, 0));
  Writer writer(txn.get());
  MT_CHECK_OK(change(writer));
  MT_CHECK_OK(writer.outcome());
  if (const int code = mdb_txn_commit(txn.release()); code != 0) {
    return from_lmdb(code, "flush the tables in " + env_->folder());
  }
  return {};
}

}  // namespace mt
