// MemoryLog: an EventLog in memory. It keeps records in their stored bytes and reads them by the
// same codec as the real one, so that tests meet the same checks. Gone with the process.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "events/event_log.h"

namespace mt {

class MemoryLog final : public EventLog {
 public:
  Result<void> open(const ModuleName& module) override;
  Result<void> append(std::span<const LogAppend> batch) override;
  std::vector<ModuleName> modules() const override;
  Position head(const ModuleName& module) const override;
  std::vector<LogHead> heads() const override;
  Result<void> scan(const ModuleName& module, Position from,
                    const RecordVisitor& visit) const override;
  Result<void> scan_stored(const ModuleName& module, Position from,
                           const StoredVisitor& visit) const override;
  Result<CommitRecord> at(const ModuleName& module, Position position) const override;
  std::uint64_t stored_bytes(const ModuleName& module, Position first) const override;

  // The stored bytes of the record at `first`, to be damaged by tests.
  std::string& bytes_at(const ModuleName& module, Position first);

 private:
  struct Stored {
    std::string bytes;
    Hash hash;
  };
  struct ModuleLog {
    std::map<std::uint64_t, Stored> records;  // by first position
    Position head;
  };
  // A record's bytes and the chain's hash before it, copied out.
  struct Found {
    Position first;
    std::string bytes;
    Hash previous;
  };
  Result<Found> find(const ModuleName& module, Position position) const;
  static Hash previous_hash(const ModuleLog& log, Position first);
  Result<const ModuleLog*> find(const ModuleName& module) const;

  mutable std::mutex mutex_;
  std::map<ModuleName, ModuleLog> logs_;
};

}  // namespace mt
