#include "events/lmdb/lmdb_kv.h"

#include <utility>

#include "events/lmdb/error.h"
#include "events/lmdb/txn_reads.h"

namespace mt {
namespace {

constexpr std::size_t kIdleReaders = 64;

class Writer final : public ReadsTxn<KvWriter> {
 public:
  explicit Writer(MDB_txn* txn) : ReadsTxn(TxnReads(txn)), txn_(txn) {}

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
    if (code != 0 && code != MDB_NOTFOUND) reads_.fail(from_lmdb(code, "erase from a table"));
    return code == 0;
  }
  void clear(StoreId store) override {
    if (const int code = mdb_drop(txn_, store.value, 0); code != 0) {
      reads_.fail(from_lmdb(code, "clear a table"));
    }
  }

 private:
  void put_with(StoreId store, std::string_view key, std::string_view value, unsigned flags) {
    if (key.empty() || key.size() > kMaxKey) {
      reads_.fail(internal("a key has " + std::to_string(key.size()) + " bytes; 1 to " +
                           std::to_string(kMaxKey) + " are possible"));
      return;
    }
    if (!reads_.status()) return;
    MDB_val raw_key = to_val(key);
    MDB_val raw_value = to_val(value);
    const int code = mdb_put(txn_, store.value, &raw_key, &raw_value, flags);
    if (code != 0) reads_.fail(from_lmdb(code, "write to a table"));
  }

  MDB_txn* txn_;
};

}  // namespace

// A read transaction on loan.
class LmdbKv::Reader final : public ReadsTxn<KvReader> {
 public:
  Reader(const LmdbKv& kv, LmdbTxn txn)
      : ReadsTxn(TxnReads(txn.get())), kv_(kv), txn_(std::move(txn)) {}
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

Result<std::vector<std::string>> LmdbKv::names() const {
  MT_TRY(const LmdbTxn txn, begin_txn(*env_, MDB_RDONLY));
  MDB_dbi all = 0;
  const std::string doing = "read the names of the tables in " + env_->folder();
  if (const int code = mdb_dbi_open(txn.get(), nullptr, 0, &all); code != 0) {
    return from_lmdb(code, doing);
  }
  MT_TRY(const LmdbCursor cursor, open_cursor(txn.get(), all));
  std::vector<std::string> names;
  MDB_val key{};
  MDB_val value{};
  int code = 0;
  while ((code = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT)) == 0) {
    names.emplace_back(to_view(key));
  }
  if (code != MDB_NOTFOUND) return from_lmdb(code, doing);
  return names;
}

std::uint64_t LmdbKv::bytes(StoreId store) const {
  const auto txn = begin_txn(*env_, MDB_RDONLY);
  MDB_stat stat{};
  if (!txn || mdb_stat(txn->get(), store.value, &stat) != 0) return 0;
  return (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages) * stat.ms_psize;
}

Result<LmdbTxn> LmdbKv::take_reader() const {
  LmdbTxn txn;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      txn = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (txn != nullptr && mdb_txn_renew(txn.get()) == 0) return txn;
  txn.reset();
  return begin_txn(*env_, MDB_RDONLY);
}

void LmdbKv::give_back(LmdbTxn txn) const {
  mdb_txn_reset(txn.get());
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kIdleReaders) idle_.push_back(std::move(txn));
}

std::unique_ptr<KvReader> LmdbKv::read() const {
  Result<LmdbTxn> txn = take_reader();
  if (!txn) return std::make_unique<ReadsTxn<KvReader>>(TxnReads(std::move(txn).error()));
  return std::make_unique<Reader>(*this, *std::move(txn));
}

Result<void> LmdbKv::write(const std::function<Result<void>(KvWriter&)>& change) {
  MT_TRY(LmdbTxn txn, begin_txn(*env_, 0));
  env_->grow_ahead();
  Writer writer(txn.get());
  MT_CHECK_OK(change(writer));
  MT_CHECK_OK(writer.status());
  if (const int code = mdb_txn_commit(txn.release()); code != 0) {
    return from_lmdb(code, "flush the tables in " + env_->folder());
  }
  return {};
}

}  // namespace mt
