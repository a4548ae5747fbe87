#include "events/lmdb/lmdb_kv.h"

#include <utility>

#include "events/lmdb/compacted_copy.h"
#include "events/lmdb/error.h"
#include "events/lmdb/txn_reads.h"

namespace mt {
namespace {

constexpr std::size_t kIdleReaders = 64;

class Writer final : public ReadsTxn<KvWriter> {
 public:
  // `journal`: keeps what is changed; null: nobody does.
  Writer(MDB_txn* txn, ChangeJournal* journal)
      : ReadsTxn(TxnReads(txn)), txn_(txn), journal_(journal) {}

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
    if (code == 0 && journal_ != nullptr) journal_->erase(store, key);
    return code == 0;
  }
  void clear(StoreId store) override {
    if (const int code = mdb_drop(txn_, store.value, 0); code != 0) {
      reads_.fail(from_lmdb(code, "clear a table"));
    }
    if (journal_ != nullptr) journal_->clear(store);
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
    if (journal_ != nullptr) journal_->put(store, key, value);
  }

  MDB_txn* txn_;
  ChangeJournal* journal_;
};

}  // namespace

// A read transaction on loan.
class LmdbKv::Reader final : public ReadsTxn<KvReader> {
 public:
  Reader(const LmdbKv& kv, OpenedPtr of, LmdbTxn txn)
      : ReadsTxn(TxnReads(txn.get())), kv_(kv), of_(std::move(of)), txn_(std::move(txn)) {}
  ~Reader() override { kv_.give_back(std::move(of_), std::move(txn_)); }

 private:
  const LmdbKv& kv_;
  OpenedPtr of_;  // outlives its transaction
  LmdbTxn txn_;
};

LmdbKv::LmdbKv(std::filesystem::path folder, LmdbOptions options, std::shared_ptr<LmdbEnv> env)
    : folder_(std::move(folder)),
      options_(options),
      opened_(std::make_shared<Opened>(Opened{std::move(env), {}})) {}

Result<std::unique_ptr<LmdbKv>> LmdbKv::open_environment(const std::filesystem::path& folder,
                                                         const LmdbOptions& options) {
  MT_TRY(std::shared_ptr<LmdbEnv> env, LmdbEnv::open(folder, options));
  if (!options.read_only) CompactedCopy::remove_left(folder);
  return std::unique_ptr<LmdbKv>(new LmdbKv(folder, options, std::move(env)));
}

LmdbKv::~LmdbKv() = default;

Result<StoreId> LmdbKv::open(const std::string& name) {
  const std::lock_guard lock(writing_);
  return open_store(name);
}

Result<StoreId> LmdbKv::open_store(const std::string& name) {
  if (const auto known = stores_.find(name); known != stores_.end()) return known->second;
  MT_TRY(const MDB_dbi database, opened()->env->open_database(name));
  if (keeps_changes_) kept_ = aborted("a table was made while the others were copied; try again");
  return stores_.emplace(name, StoreId{database}).first->second;
}

LmdbKv::OpenedPtr LmdbKv::opened() const {
  const std::lock_guard lock(mutex_);
  return opened_;
}

Result<std::vector<std::string>> LmdbKv::names() const {
  const OpenedPtr of = opened();
  MT_TRY(const LmdbTxn txn, begin_txn(*of->env, MDB_RDONLY));
  MDB_dbi all = 0;
  const std::string doing = "read the names of the tables in " + of->env->folder();
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
  const OpenedPtr of = opened();
  const auto txn = begin_txn(*of->env, MDB_RDONLY);
  MDB_stat stat{};
  if (!txn || mdb_stat(txn->get(), store.value, &stat) != 0) return 0;
  return (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages) * stat.ms_psize;
}

Result<LmdbTxn> LmdbKv::take_reader(OpenedPtr& of) const {
  LmdbTxn txn;
  {
    const std::lock_guard lock(mutex_);
    of = opened_;
    if (!of->idle.empty()) {
      txn = std::move(of->idle.back());
      of->idle.pop_back();
    }
  }
  if (txn != nullptr && mdb_txn_renew(txn.get()) == 0) return txn;
  txn.reset();
  return begin_txn(*of->env, MDB_RDONLY);
}

void LmdbKv::give_back(OpenedPtr of, LmdbTxn txn) const {
  mdb_txn_reset(txn.get());
  {
    const std::lock_guard lock(mutex_);
    if (of == opened_ && of->idle.size() < kIdleReaders) of->idle.push_back(std::move(txn));
  }
  txn.reset();  // before its environment, if that was the last
}

std::unique_ptr<KvReader> LmdbKv::read() const {
  OpenedPtr of;
  Result<LmdbTxn> txn = take_reader(of);
  if (!txn) return std::make_unique<ReadsTxn<KvReader>>(TxnReads(std::move(txn).error()));
  return std::make_unique<Reader>(*this, std::move(of), *std::move(txn));
}

Result<void> LmdbKv::write(const std::function<Result<void>(KvWriter&)>& change) {
  const std::lock_guard lock(writing_);
  const OpenedPtr of = opened();
  MT_TRY(LmdbTxn txn, begin_txn(*of->env, 0));
  of->env->grow_ahead();
  ChangeJournal changes;
  Writer writer(txn.get(), keeps_changes_ ? &changes : nullptr);
  MT_CHECK_OK(change(writer));
  MT_CHECK_OK(writer.status());
  if (const int code = mdb_txn_commit(txn.release()); code != 0) {
    return from_lmdb(code, "flush the tables in " + of->env->folder());
  }
  if (keeps_changes_) keep(changes);
  return {};
}

}  // namespace mt
