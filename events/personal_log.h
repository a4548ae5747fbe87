// PersonalLog: the logs as a node's own code reads them, with what is personal opened: every read
// path leads through here. It also keeps the keys that a batch is sealed with before the batch,
// with one flush for all of them.
#pragma once

#include <utility>

#include "events/event_log.h"
#include "events/personal_data.h"

namespace mt {

class PersonalLog final : public EventLog {
 public:
  // `stored` holds what is personal sealed. Both outlive it.
  PersonalLog(EventLog& stored, const PersonalData& personal)
      : stored_(stored), personal_(personal) {}

  Result<void> open(const ModuleName& module) override { return stored_.open(module); }
  Result<void> append(std::span<const LogAppend> batch) override;
  std::vector<ModuleName> modules() const override { return stored_.modules(); }
  Position head(const ModuleName& module) const override { return stored_.head(module); }
  std::vector<LogHead> heads() const override { return stored_.heads(); }
  // DATA_LOSS also when something personal cannot be opened: the scan ends before that record.
  Result<void> scan(const ModuleName& module, Position from,
                    const RecordVisitor& visit) const override;
  // What is personal stays sealed in these.
  Result<void> scan_stored(const ModuleName& module, Position from,
                           const StoredVisitor& visit) const override {
    return stored_.scan_stored(module, from, visit);
  }
  Result<CommitRecord> at(const ModuleName& module, Position position) const override;
  std::uint64_t stored_bytes(const ModuleName& module, Position first) const override {
    return stored_.stored_bytes(module, first);
  }
  LogArchive* archive() override { return stored_.archive(); }
  const LogArchive* archive() const override {
    return static_cast<const EventLog&>(stored_).archive();
  }

 private:
  EventLog& stored_;
  const PersonalData& personal_;
};

}  // namespace mt
