#include "ops/backup/log_store.h"

namespace mt {

LogStore store_of(const EventLog& log) {
  LogStore store;
  store.cut = [&log] { return cut_of(log); };
  store.read = [&log](const ModuleName& module, LogRange range,
                      const ByteSink& sink) -> Result<void> {
    ArchiveWriter writer(sink);
    MT_TRY(const LogEnd end, export_log(log, module, range, writer));
    return writer.finish();
  };
  return store;
}

Result<void> MeteredLogs::begin(const LogBegin& log) {
  begun_ = log;
  meter_.emplace(log.module, Position{log.first.value - 1}, head_, progress_);
  return to_.begin(log);
}

Result<void> MeteredLogs::take(const CommitRecord& record, std::string_view stored) {
  MT_CHECK_OK(to_.take(record, stored));
  if (meter_->at(record.last())) return {};
  return Error{Code::kCancelled, "it was cancelled"};
}

Result<void> MeteredLogs::end(const LogEnd& log) {
  logs_.push_back({begun_, log, meter_->seconds()});
  return to_.end(log);
}

}  // namespace mt
