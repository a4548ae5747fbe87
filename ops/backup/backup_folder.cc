#include "ops/backup/backup_folder.h"

#include <fcntl.h>
#include <google/protobuf/util/json_util.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <set>
#include <system_error>

#include "events/base/file_error.h"
#include "events/crypto/blake2b.h"
#include "ops/data/new_file.h"

namespace mt {
namespace {

namespace fs = std::filesystem;
namespace pb = google::protobuf;

constexpr char kManifest[] = "manifest.json";
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kLongestManifest = std::size_t{64} << 20;

std::string digest_of(ops::v1::BackupManifest manifest) {
  manifest.clear_digest();
  return to_hex(blake2b_256({manifest.SerializeAsString()}));
}

// Names that a backup gives its files, also while they are written.
bool is_ours(std::string name) {
  if (name.ends_with(".part")) name.resize(name.size() - std::string_view(".part").size());
  return name == kManifest || name.ends_with(".mtlogs") || name.ends_with(".secret") ||
         name.ends_with(".keys");
}

Result<std::set<std::string>> names_in(const fs::path& folder) {
  std::set<std::string> names;
  std::error_code failure;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure))
    names.insert(entry->path().filename().string());
  if (failure) return file_error(failure.value(), "read the folder", folder);
  return names;
}

// A file of the backup lies in its folder, whatever the manifest says.
Result<void> check_name(const std::string& name) {
  if (!name.empty() && name[0] != '.' && name.find('/') == std::string::npos) return {};
  return data_loss("the manifest names the file '" + name + "', which is none of a backup's");
}

Result<void> check_names(const ops::v1::BackupManifest& manifest) {
  for (const auto& step : manifest.steps()) {
    for (const auto& log : step.logs()) MT_CHECK_OK(check_name(log.file().name()));
    for (const auto& secret : step.secrets()) MT_CHECK_OK(check_name(secret.name()));
  }
  if (manifest.has_keys()) MT_CHECK_OK(check_name(manifest.keys().name()));
  return {};
}

}  // namespace

Result<BackupFolder> BackupFolder::open_to_write(const fs::path& folder) {
  std::error_code failure;
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), failure);
  if (!failure && mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    failure = {errno, std::generic_category()};
  if (failure) return file_error(failure.value(), "make the folder", folder);
  BackupFolder opened(folder);
  opened.lock_ = FileHandle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.lock_) return file_error(errno, "open the folder", folder);
  if (flock(opened.lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return file_error(errno, "lock the folder", folder);
    return unavailable("another process writes the backup in " + folder.string() + " just now");
  }
  MT_TRY(const auto names, names_in(folder));
  for (const std::string& name : names)
    if (!is_ours(name))
      return failed_precondition("the folder " + folder.string() + " holds '" + name +
                                 "', which is no part of a backup; name one that is new or empty");
  if (names.contains(kManifest)) MT_CHECK_OK(opened.load());
  MT_CHECK_OK(opened.remove_what_is_not_named());
  return opened;
}

Result<BackupFolder> BackupFolder::open_to_read(const fs::path& folder) {
  std::error_code failure;
  if (!fs::exists(folder / kManifest, failure))
    return not_found("there is no backup in " + folder.string() + ": it has no file '" + kManifest +
                     "'");
  BackupFolder opened(folder);
  MT_CHECK_OK(opened.load());
  return opened;
}

Result<void> BackupFolder::load() {
  const fs::path path = folder_ / kManifest;
  std::string text;
  MT_CHECK_OK(read_file(path, [&text](std::string_view piece) -> Result<void> {
    text += piece;
    if (text.size() > kLongestManifest) return data_loss("the manifest is too long");
    return {};
  }));
  pb::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto parsed = pb::util::JsonStringToMessage(text, &manifest_, options);
  if (!parsed.ok()) return data_loss(path.string() + " is no manifest: " + parsed.ToString());
  if (manifest_.format() != kFormat)
    return failed_precondition("the backup in " + folder_.string() + " has the format " +
                               std::to_string(manifest_.format()) + ", this program knows " +
                               std::to_string(kFormat) + "; use the program that wrote it");
  if (digest_of(manifest_) != manifest_.digest())
    return data_loss(path.string() + " is not as it was written: its digest does not hold");
  return check_names(manifest_);
}

Result<void> BackupFolder::remove_what_is_not_named() const {
  std::set<std::string> named{kManifest};
  for (const auto& step : manifest_.steps()) {
    for (const auto& log : step.logs()) named.insert(log.file().name());
    for (const auto& secret : step.secrets()) named.insert(secret.name());
  }
  if (manifest_.has_keys()) named.insert(manifest_.keys().name());
  MT_TRY(const auto names, names_in(folder_));
  for (const std::string& name : names) {
    std::error_code failure;
    if (!named.contains(name)) fs::remove(folder_ / name, failure);
    if (failure) return file_error(failure.value(), "remove", folder_ / name);
  }
  return {};
}

std::map<ModuleName, Anchor> BackupFolder::ends() const {
  std::map<ModuleName, Anchor> ends;
  for (const auto& step : manifest_.steps())
    for (const auto& log : step.logs()) {
      const ModuleName module{log.module()};
      ends[module] = {module, {log.last()}, hash_from_hex(log.hash()).value_or(Hash{})};
    }
  return ends;
}

Result<void> BackupFolder::read(const ops::v1::BackedUpFile& file,
                                const std::function<Result<void>(std::string_view)>& sink) const {
  const fs::path path = folder_ / file.name();
  std::uint64_t bytes = 0;
  Blake2b256 hash;
  auto read = read_file(path, [&](std::string_view piece) {
    bytes += piece.size();
    hash.add(piece);
    return sink(piece);
  });
  if (!read && read.error().code == Code::kNotFound)
    return data_loss("the backup lacks its file " + path.string());
  if (!read) {
    Error error = read.error();
    if (error.code == Code::kDataLoss) error.message = path.string() + ": " + error.message;
    return error;
  }
  if (bytes != file.bytes())
    return data_loss(path.string() + " has " + std::to_string(bytes) + " bytes, " +
                     std::to_string(file.bytes()) + " were written");
  if (to_hex(hash.finish()) != file.blake2b())
    return data_loss(path.string() + " is not as it was written: its BLAKE2b does not hold");
  return {};
}

Result<void> BackupFolder::add(ops::v1::BackupStep step) {
  *manifest_.add_steps() = std::move(step);
  manifest_.set_format(kFormat);
  manifest_.set_digest(digest_of(manifest_));
  pb::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string text;
  const auto printed = pb::util::MessageToJsonString(manifest_, &text, options);
  if (!printed.ok()) return internal(printed.ToString());
  MT_TRY(NewFile file, NewFile::make(folder_ / kManifest));
  MT_CHECK_OK(file.write(text));
  MT_CHECK_OK(file.complete());
  return remove_what_is_not_named();
}

}  // namespace mt
