// LmdbKv: the KvEnv of a real node, environment tables/. Read transactions are kept and renewed, so
// that a query begins in well under a microsecond. When there are too many readers at once, read()
// gives one that finds nothing and whose status() says so.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "events/kv.h"
#include "events/lmdb/env.h"

namespace mt {

class LmdbKv final : public KvEnv {
 public:
  static Result<std::unique_ptr<LmdbKv>> open_environment(const std::filesystem::path& folder,
                                                          const LmdbOptions& options);
  ~LmdbKv() override;

  Result<StoreId> open(const std::string& name) override;
  Result<std::vector<std::string>> names() const override;
  std::uint64_t bytes(StoreId store) const override;
  std::unique_ptr<KvReader> read() const override;
  Result<void> write(const std::function<Result<void>(KvWriter&)>& change) override;

 private:
  class Reader;

  explicit LmdbKv(std::shared_ptr<LmdbEnv> env) : env_(std::move(env)) {}
  Result<LmdbTxn> take_reader() const;
  void give_back(LmdbTxn txn) const;

  std::shared_ptr<LmdbEnv> env_;
  std::map<std::string, StoreId> stores_;  // opened before others use the environment
  mutable std::mutex mutex_;
  mutable std::vector<LmdbTxn> idle_;  // reset read transactions
};

}  // namespace mt
