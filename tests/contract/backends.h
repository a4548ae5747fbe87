// What the contracts run on: LMDB in a folder of its own, and memory. `reopen` is what a new
// process would do; memory has nothing to find then, and says so.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "events/lmdb/lmdb_kv.h"
#include "events/lmdb/lmdb_log.h"
#include "events/memory/memory_kv.h"
#include "events/memory/memory_log.h"
#include "tests/fixture/temp_folder.h"

namespace mt::test {

class LmdbBackend {
 public:
  static constexpr const char* kName = "Lmdb";

  LmdbBackend() { open(); }

  EventLog& log() { return *log_; }
  KvEnv& kv() { return *kv_; }
  void reopen() {
    log_.reset();
    kv_.reset();
    open();
  }

 private:
  void open() {
    // Small maps: a sanitizer's memory has no room for many of a terabyte.
    const LmdbOptions options{.map_bytes = std::size_t{1} << 30, .may_undo_last = false};
    log_ = LmdbLog::open_environment(folder_.path() / "events", options).value();
    kv_ = LmdbKv::open_environment(folder_.path() / "tables", options).value();
  }

  TempFolder folder_;
  std::unique_ptr<LmdbLog> log_;
  std::unique_ptr<LmdbKv> kv_;
};

class MemoryBackend {
 public:
  static constexpr const char* kName = "Memory";

  EventLog& log() { return log_; }
  KvEnv& kv() { return kv_; }
  void reopen() {}

 private:
  MemoryLog log_;
  MemoryKv kv_;
};

using Backends = testing::Types<LmdbBackend, MemoryBackend>;

struct BackendNames {
  template <typename Backend>
  static std::string GetName(int) {
    return Backend::kName;
  }
};

}  // namespace mt::test
