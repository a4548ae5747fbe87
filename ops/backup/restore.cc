#include <chrono>
#include <functional>
#include <map>
#include <utility>

#include "events/archive/archive_parser.h"
#include "events/memory/memory_key_slots.h"
#include "events/memory/memory_kv.h"
#include "events/memory/memory_log.h"
#include "events/subject_keys_copy.h"
#include "ops/backup/backup.h"
#include "ops/backup/backup_folder.h"
#include "ops/backup/new_data_folder.h"

namespace mt {
namespace {

namespace fs = std::filesystem;
namespace v1 = ops::v1;

using Clock = std::chrono::steady_clock;

// One part of a log: its file, its records, and whether they are those that the manifest names.
Result<void> read_part(const BackupFolder& folder, const v1::BackedUpLog& part, LogImport& import,
                       const OnLogProgress& progress) {
  MeteredLogs meter(import, {part.last()}, progress);
  ArchiveParser parser(meter);
  MT_CHECK_OK(
      folder.read(part.file(), [&parser](std::string_view bytes) { return parser.feed(bytes); }));
  if (const auto finished = parser.finish(); !finished)
    return data_loss(folder.file(part.file().name()).string() + ": " + finished.error().message);
  const ReadLog read = meter.logs().size() == 1 ? meter.logs().front() : ReadLog{};
  const bool as_named =
      read.begin.module.value == part.module() && read.begin.first.value == part.first() &&
      read.end.end.position.value == part.last() && to_hex(read.end.end.hash) == part.hash();
  if (as_named) return {};
  return data_loss(folder.file(part.file().name()).string() +
                   " holds another part of a log than the manifest names");
}

// All parts of all steps, those of one module in a row. Returns how long each module took.
Result<std::map<ModuleName, double>> read_logs(const BackupFolder& folder, LogImport& import,
                                               const OnLogProgress& progress) {
  std::map<ModuleName, double> seconds;
  for (const auto& [module, end] : folder.ends()) {
    const Clock::time_point start = Clock::now();
    for (const v1::BackupStep& step : folder.manifest().steps())
      for (const v1::BackedUpLog& part : step.logs())
        if (part.module() == module.value) MT_CHECK_OK(read_part(folder, part, import, progress));
    seconds[module] = std::chrono::duration<double>(Clock::now() - start).count();
  }
  return seconds;
}

std::vector<RestoredLog> report(const std::map<ModuleName, LogEnd>& ends,
                                const std::map<ModuleName, double>& seconds) {
  std::vector<RestoredLog> logs;
  for (const auto& [module, end] : ends) logs.push_back({end, seconds.at(module)});
  return logs;
}

Result<void> check_limits(const BackupFolder& folder, const ImportLimits& limits) {
  const auto ends = folder.ends();
  for (const auto& [module, position] : limits.up_to) {
    const auto end = ends.find(module);
    if (end == ends.end()) return not_found("the backup holds no log of " + module.value);
    if (position > end->second.position)
      return not_found("position " + std::to_string(position.value) +
                       " is beyond the end of the backup of " + module.value + ", position " +
                       std::to_string(end->second.position.value));
  }
  return {};
}

Result<std::string> content_of(const BackupFolder& folder, const v1::BackedUpFile& file) {
  std::string content;
  MT_CHECK_OK(folder.read(file, [&content](std::string_view piece) {
    content += piece;
    return Result<void>();
  }));
  return content;
}

// "sys_accounts.token_signing_key" of "0-sys_accounts.token_signing_key.secret".
std::string secret_name(const std::string& file) {
  const std::size_t begin = file.find('-') + 1;
  return file.substr(begin, file.rfind('.') - begin);
}

using OnSecret = std::function<Result<void>(const std::string& name, const std::string& content)>;

// Those of later steps come later.
Result<void> each_secret(const BackupFolder& folder, const OnSecret& on_secret) {
  for (const v1::BackupStep& step : folder.manifest().steps()) {
    for (const v1::BackedUpFile& secret : step.secrets()) {
      MT_TRY(const std::string content, content_of(folder, secret));
      MT_CHECK_OK(on_secret(secret_name(secret.name()), content));
    }
  }
  return {};
}

}  // namespace

Result<std::vector<RestoredLog>> verify_backup(const fs::path& path,
                                               const OnLogProgress& progress) {
  MT_TRY(const BackupFolder folder, BackupFolder::open_to_read(path));
  // Nothing is kept, all is checked.
  MemoryLog nowhere;
  ImportLimits none;
  none.until = Time::min();
  LogImport import(nowhere, none);
  MT_TRY(const auto seconds, read_logs(folder, import, progress));
  const auto check = [](const std::string&, const std::string&) { return Result<void>(); };
  MT_CHECK_OK(each_secret(folder, check));
  if (folder.manifest().has_keys()) {
    MT_TRY(const std::string keys, content_of(folder, folder.manifest().keys()));
    MemoryKv nobody;
    MemoryKeySlots none_of_them;
    MT_CHECK_OK(put_subject_keys(keys, nobody, none_of_them));
  }
  return report(import.offered(), seconds);
}

Result<std::vector<RestoredLog>> restore_backup(const fs::path& path, const fs::path& into,
                                                const ImportLimits& limits,
                                                const OnLogProgress& progress) {
  MT_TRY(const BackupFolder folder, BackupFolder::open_to_read(path));
  MT_CHECK_OK(check_limits(folder, limits));
  MT_TRY(NewDataFolder made, NewDataFolder::begin(into));
  LogImport import(made.log(), limits);
  MT_TRY(const auto seconds, read_logs(folder, import, progress));
  const auto keep = [&made](const std::string& name, const std::string& content) {
    return made.keep_secret(name, content);
  };
  MT_CHECK_OK(each_secret(folder, keep));
  if (folder.manifest().has_keys()) {
    MT_TRY(const std::string keys, content_of(folder, folder.manifest().keys()));
    MT_CHECK_OK(made.keep_keys(keys));
  }
  MT_CHECK_OK(made.complete());
  return report(import.ends(), seconds);
}

}  // namespace mt
