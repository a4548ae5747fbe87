#include "events/personal_log.h"

namespace mt {

Result<void> PersonalLog::append(std::span<const LogAppend> batch) {
  MT_CHECK_OK(personal_.keys().flush());
  return stored_.append(batch);
}

Result<void> PersonalLog::scan(const ModuleName& module, Position from,
                               const RecordVisitor& visit) const {
  Result<void> opened;
  MT_CHECK_OK(stored_.scan(module, from, [&](const CommitRecord& record) {
    if (!personal_.concerns(module, record)) return visit(record);
    CommitRecord clear = record;
    opened = personal_.open(module, clear);
    return opened ? visit(clear) : Scan::kStop;
  }));
  return opened;
}

Result<CommitRecord> PersonalLog::at(const ModuleName& module, Position position) const {
  MT_TRY(CommitRecord record, stored_.at(module, position));
  if (personal_.concerns(module, record)) MT_CHECK_OK(personal_.open(module, record));
  return record;
}

}  // namespace mt
