#include "ops/backup/import.h"

#include <memory>
#include <system_error>

#include "events/archive/archive_parser.h"
#include "ops/backup/ndjson.h"
#include "ops/backup/new_data_folder.h"
#include "ops/data/new_file.h"

namespace mt {
namespace {

namespace fs = std::filesystem;

std::unique_ptr<LogParser> parser_of(std::string_view beginning, LogReceiver& to) {
  if (beginning.starts_with('{')) return std::make_unique<NdjsonParser>(to);
  return std::make_unique<ArchiveParser>(to);
}

Result<void> read_logs(const fs::path& file, LogReceiver& to, const OnBytes& on_bytes) {
  std::error_code failure;
  const std::uint64_t total = fs::file_size(file, failure);
  std::uint64_t done = 0;
  std::unique_ptr<LogParser> parser;
  MT_CHECK_OK(read_file(file, [&](std::string_view piece) {
    if (!parser) parser = parser_of(piece, to);
    done += piece.size();
    if (on_bytes && !failure) on_bytes(done, total);
    return parser->feed(piece);
  }));
  if (!parser) return data_loss("it is empty");
  return parser->finish();
}

}  // namespace

Result<std::vector<RestoredLog>> import_logs(const fs::path& file, const fs::path& into,
                                             const OnBytes& on_bytes) {
  std::error_code failure;
  if (!fs::is_regular_file(file, failure)) return not_found("there is no file " + file.string());
  MT_TRY(NewDataFolder made, NewDataFolder::begin(into));
  const ImportLimits all;
  LogImport import(made.log(), all);
  const OnLogProgress by_bytes;
  MeteredLogs meter(import, {}, by_bytes);
  if (const auto read = read_logs(file, meter, on_bytes); !read) {
    Error error = read.error();
    if (error.code == Code::kDataLoss) error.message = file.string() + ": " + error.message;
    return error;
  }
  MT_CHECK_OK(made.complete());
  std::vector<RestoredLog> logs;
  for (const ReadLog& log : meter.logs()) logs.push_back({log.end, log.seconds});
  return logs;
}

}  // namespace mt
