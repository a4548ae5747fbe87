// EventLog: the logs of a node's modules, as a port. Appending is the writer thread's alone;
// reading is anyone's, from any thread. Implementations: LmdbLog (events/lmdb), MemoryLog
// (events/memory); both pass tests/contract/event_log_test.cc.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "events/record.h"

namespace mt {

// Records of one module, ready to be stored: their positions are given, in order, without a gap.
struct LogAppend {
  ModuleName module;
  CommitRecord* record = nullptr;  // its hash is set by the log
  // The record's bytes when it comes from another log and has been checked: they are kept as they
  // are, with the hash that `record` has. Empty: it is encoded.
  std::string_view stored = {};
};

// Where a module's log ends.
struct LogHead {
  ModuleName module;
  Position position;
  bool operator==(const LogHead&) const = default;
};

// What a scan does after a record.
enum class Scan { kGoOn, kStop };
using RecordVisitor = std::function<Scan(const CommitRecord&)>;
// The same with the record's bytes as they are stored.
using StoredVisitor = std::function<Scan(const CommitRecord&, std::string_view stored)>;

class LogArchive;

class EventLog {
 public:
  virtual ~EventLog() = default;

  // Prepares the module's log; an existing one is kept. Before the first append, in one thread.
  virtual Result<void> open(const ModuleName& module) = 0;

  // Stores all records or none, and returns after they are flushed. Writer thread only. An error
  // says why (RESOURCE_EXHAUSTED: a full disk); after it the log takes no more appends
  // (UNAVAILABLE) until it is opened again by a new process.
  virtual Result<void> append(std::span<const LogAppend> batch) = 0;

  // Those whose logs are open, in the order of their names.
  virtual std::vector<ModuleName> modules() const = 0;

  // Position of the module's last flushed event; 0 when it has none.
  virtual Position head(const ModuleName& module) const = 0;

  // The heads of all open logs at one instant, between two batches: whatever caused what one of
  // them holds is in the others up to theirs. In the order of the names.
  virtual std::vector<LogHead> heads() const = 0;

  // Visits records in order, from the one that holds `from` (1 at least), at most up to the head at
  // the time of the call. Each is checked (checksum, chain); a bad one ends the scan with
  // DATA_LOSS. Long scans take many short read transactions.
  virtual Result<void> scan(const ModuleName& module, Position from,
                            const RecordVisitor& visit) const = 0;

  // The same of the records as they are stored, to be kept elsewhere.
  virtual Result<void> scan_stored(const ModuleName& module, Position from,
                                   const StoredVisitor& visit) const = 0;

  // The record that holds `position`. NOT_FOUND beyond the head.
  virtual Result<CommitRecord> at(const ModuleName& module, Position position) const = 0;

  // Bytes that the record at `first` takes in the log; 0 when there is none.
  virtual std::uint64_t stored_bytes(const ModuleName& module, Position first) const = 0;

  // The sealed files that hold the beginnings of its logs (events/archive); null: it keeps none.
  virtual LogArchive* archive() { return nullptr; }
  virtual const LogArchive* archive() const { return nullptr; }
};

}  // namespace mt
