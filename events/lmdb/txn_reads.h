// TxnReads: what can be read within one LMDB transaction, of a reader or of the writer. A fault of
// LMDB reads as "nothing there", so that no query brings the node down; the first one is logged and
// kept, for those who answer from what was found. One thread at a time.
#pragma once

#include <lmdb.h>

#include <optional>
#include <string_view>

#include "events/kv.h"

namespace mt {

class TxnReads {
 public:
  explicit TxnReads(MDB_txn* txn) : txn_(txn) {}
  // There is no transaction to read in: nothing is found, and `why` is the fault.
  explicit TxnReads(Error why) : fault_(std::move(why)) {}

  const Result<void>& status() const { return fault_; }
  // Of a read here, or of a change that its writer made.
  void fail(Error why) const;
  // The same, and a line for the operator.
  void report(Error why) const;

  std::optional<std::string_view> get(StoreId store, std::string_view key) const;
  void forward(StoreId store, std::string_view prefix, std::string_view after,
               const KvVisitor& visit) const;
  void backward(StoreId store, std::string_view prefix, std::string_view after,
                const KvVisitor& visit) const;
  void range(StoreId store, std::string_view from, std::string_view to,
             const KvVisitor& visit) const;
  std::uint64_t size(StoreId store) const;

 private:
  class Walk;
  void report_code(int code) const;

  MDB_txn* txn_ = nullptr;
  mutable Result<void> fault_;
};

// The reading half of a KvReader or a KvWriter.
template <typename Base>
class ReadsTxn : public Base {
 public:
  explicit ReadsTxn(TxnReads reads) : reads_(std::move(reads)) {}

  Result<void> status() const override { return reads_.status(); }
  void fail(Error why) const override { reads_.report(std::move(why)); }
  std::optional<std::string_view> get(StoreId store, std::string_view key) const override {
    return reads_.get(store, key);
  }
  void scan(StoreId store, std::string_view prefix, std::string_view after, Order order,
            const KvVisitor& visit) const override {
    if (order == Order::kForward) {
      reads_.forward(store, prefix, after, visit);
    } else {
      reads_.backward(store, prefix, after, visit);
    }
  }
  void range(StoreId store, std::string_view from, std::string_view to,
             const KvVisitor& visit) const override {
    reads_.range(store, from, to, visit);
  }
  std::uint64_t size(StoreId store) const override { return reads_.size(store); }

 protected:
  TxnReads reads_;
};

}  // namespace mt
