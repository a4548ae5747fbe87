#include "ops/backup/backup.h"

#include <google/protobuf/util/time_util.h>

#include <chrono>
#include <system_error>
#include <utility>

#include "events/archive/archive_parser.h"
#include "events/crypto/blake2b.h"
#include "events/key_file.h"
#include "events/lmdb/lmdb_kv.h"
#include "events/subject_keys_copy.h"
#include "ops/backup/backup_folder.h"
#include "ops/data/folder_file.h"
#include "ops/data/new_file.h"

namespace mt {
namespace {

namespace fs = std::filesystem;
namespace v1 = ops::v1;

std::string text(Position position) { return std::to_string(position.value); }

// Bytes on their way into a file, and what the manifest says of them.
class CountedFile {
 public:
  static Result<CountedFile> make(const BackupFolder& folder, const std::string& name) {
    MT_TRY(NewFile file, NewFile::make(folder.file(name)));
    return CountedFile(name, std::move(file));
  }
  Result<void> write(std::string_view bytes) {
    entry_.set_bytes(entry_.bytes() + bytes.size());
    hash_->add(bytes);
    return file_.write(bytes);
  }
  Result<v1::BackedUpFile> complete() {
    entry_.set_blake2b(to_hex(hash_->finish()));
    MT_CHECK_OK(file_.complete());
    return std::move(entry_);
  }

 private:
  CountedFile(const std::string& name, NewFile file) : file_(std::move(file)) {
    entry_.set_name(name);
  }

  NewFile file_;
  std::unique_ptr<Blake2b256> hash_ = std::make_unique<Blake2b256>();
  v1::BackedUpFile entry_;
};

std::string file_name(const ModuleName& module, Position first, Position last) {
  return module.value + "." + text(first) + "-" + text(last) + ".mtlogs";
}

// The part of the module's log behind `before`, up to `end`, read again as it is written.
Result<v1::BackedUpLog> back_up_log(const LogStore& store, const BackupFolder& folder,
                                    const Anchor& before, const Anchor& end,
                                    const OnLogProgress& progress) {
  const Position first = before.position + 1;
  MT_TRY(CountedFile file, CountedFile::make(folder, file_name(end.module, first, end.position)));
  NoReceiver nobody;
  MeteredLogs meter(nobody, end.position, progress);
  ArchiveParser parser(meter);
  // An empty log has no position to begin at.
  const LogRange range = end.position.value == 0 ? LogRange{} : LogRange{first, end.position};
  MT_CHECK_OK(store.read(end.module, range, [&](std::string_view bytes) -> Result<void> {
    MT_CHECK_OK(parser.feed(bytes));
    return file.write(bytes);
  }));
  MT_CHECK_OK(parser.finish());
  const ReadLog read = meter.logs().empty() ? ReadLog{} : meter.logs().back();
  if (read.begin != LogBegin{end.module, first, before.hash} || read.end.end != end)
    return data_loss("the log of " + end.module.value + " changed while it was read");
  v1::BackedUpLog entry;
  entry.set_module(end.module.value);
  entry.set_first(first.value);
  entry.set_last(end.position.value);
  entry.set_previous_hash(to_hex(before.hash));
  entry.set_hash(to_hex(end.hash));
  entry.set_commits(read.end.records);
  MT_TRY(*entry.mutable_file(), file.complete());
  return entry;
}

// The log still holds what was backed up before.
Result<void> check_history(const LogStore& store, const Anchor& before, const Anchor& end) {
  const std::string advice = "; make a full backup in a new folder";
  if (before.position > end.position)
    return failed_precondition("the log of " + end.module.value + " ends at position " +
                               text(end.position) + ", the backup at position " +
                               text(before.position) + ": its end has been lost" + advice);
  if (before.position.value == 0) return {};
  NoReceiver nobody;
  static const OnLogProgress kSilent;
  MeteredLogs last(nobody, before.position, kSilent);
  ArchiveParser parser(last);
  MT_CHECK_OK(store.read(end.module, {before.position, before.position},
                         [&](std::string_view bytes) { return parser.feed(bytes); }));
  MT_CHECK_OK(parser.finish());
  const Anchor there = last.logs().empty() ? Anchor{} : last.logs().back().end.end;
  if (there == before) return {};
  return failed_precondition("the log of " + end.module.value +
                             " is another one than that of the backup: at position " +
                             text(before.position) + " it has the hash " + to_hex(there.hash) +
                             ", the backup " + to_hex(before.hash) + advice);
}

Result<void> back_up_secrets(const fs::path& secrets, const BackupFolder& folder, int step,
                             v1::BackupStep& into) {
  std::error_code failure;
  for (fs::directory_iterator entry(secrets, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    MT_TRY(const auto content, read_small_file(entry->path()));
    const std::string name = entry->path().filename().string();
    if (!content || name.ends_with(".new")) continue;  // one that is being made
    MT_TRY(CountedFile file,
           CountedFile::make(folder, std::to_string(step) + "-" + name + ".secret"));
    MT_CHECK_OK(file.write(*content));
    MT_TRY(*into.add_secrets(), file.complete());
  }
  if (failure)
    return unavailable("cannot read the folder " + secrets.string() + ": " + failure.message());
  return {};
}

// After the logs, so that it has the keys of all that they hold.
Result<void> back_up_keys(const fs::path& keys, BackupFolder& folder, int step) {
  std::error_code failure;
  if (!fs::exists(keys, failure)) return {};
  LmdbOptions options;
  options.read_only = true;
  MT_TRY(const auto env, LmdbKv::open_environment(keys, options));
  MT_TRY(const auto slots, KeyFile::open_to_read(keys / kKeyFile));
  MT_TRY(CountedFile file, CountedFile::make(folder, std::to_string(step) + ".keys"));
  MT_CHECK_OK(copy_subject_keys(*env, *slots,
                                [&file](std::string_view piece) { return file.write(piece); }));
  MT_TRY(auto entry, file.complete());
  folder.replace_keys(std::move(entry));
  return {};
}

Result<void> check_wishes(const BackupFolder& folder, const BackupWishes& wishes,
                          const fs::path& path) {
  const bool is_empty = folder.manifest().steps().empty();
  if (!wishes.incremental && !is_empty)
    return already_exists("there is a backup in " + path.string() +
                          "; add to it with --incremental, or name a new folder");
  if (wishes.incremental && is_empty)
    return not_found("there is no backup in " + path.string() +
                     " to add to; make a full one first, without --incremental");
  return {};
}

}  // namespace

Result<v1::BackupStep> back_up(const LogStore& store, const fs::path& path,
                               const BackupWishes& wishes, Time now,
                               const OnLogProgress& progress) {
  MT_TRY(BackupFolder folder, BackupFolder::open_to_write(path));
  MT_CHECK_OK(check_wishes(folder, wishes, path));
  MT_TRY(const std::vector<Anchor> cut, store.cut());
  std::map<ModuleName, Anchor> before = folder.ends();
  v1::BackupStep step;
  *step.mutable_created() =
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(now.time_since_epoch().count());
  for (const Anchor& end : cut) {
    const auto [known, is_new] = before.try_emplace(end.module, Anchor{end.module, {}, {}});
    MT_CHECK_OK(check_history(store, known->second, end));
    if (!is_new && known->second.position == end.position) continue;
    MT_TRY(*step.add_logs(), back_up_log(store, folder, known->second, end, progress));
  }
  if (wishes.secrets_of) {
    const int number = folder.manifest().steps_size();
    MT_CHECK_OK(back_up_secrets(*wishes.secrets_of / "secrets", folder, number, step));
    MT_CHECK_OK(back_up_keys(*wishes.secrets_of / "keys", folder, number));
  }
  MT_CHECK_OK(folder.add(step));
  return step;
}

}  // namespace mt
