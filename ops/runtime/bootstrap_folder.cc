#include "ops/runtime/bootstrap_folder.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <system_error>
#include <utility>

#include "events/crypto/blake2b.h"
#include "ops/runtime/data_set_file.h"

namespace mt {
namespace {

namespace fs = std::filesystem;

std::string name_of(const DataSet& set) { return set.module.value + "/" + set.name; }

// <folder>/<module>/<set>.ndjson, in the order of their names.
Result<std::vector<fs::path>> set_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code failure;
  if (!fs::exists(folder, failure)) return files;
  fs::recursive_directory_iterator entry(folder, failure);
  for (const fs::recursive_directory_iterator end; !failure && entry != end;
       entry.increment(failure)) {
    if (entry.depth() == 1 && entry->path().extension() == ".ndjson") files.push_back(*entry);
  }
  if (failure)
    return unavailable("cannot read the bootstrap sets in " + folder.string() + ": " +
                       failure.message());
  std::ranges::sort(files);
  return files;
}

// Named by its place, as its header says nothing that can be believed.
DataSet broken_set(const fs::path& file, const std::string& why) {
  DataSet set;
  set.module = {file.parent_path().filename().string()};
  set.name = file.stem().string();
  set.broken = why;
  return set;
}

void check_needs_exist(std::vector<DataSet>& sets, const fs::path& folder) {
  std::set<std::string> names;
  for (const DataSet& set : sets) names.insert(name_of(set));
  for (DataSet& set : sets) {
    for (const std::string& need : set.needs) {
      if (set.broken.empty() && !names.contains(need))
        set.broken = (folder / set.module.value / (set.name + ".ndjson")).string() +
                     ":1: needs the set " + need + ", which is not there";
    }
  }
}

void break_circle(std::vector<DataSet>& sets, const fs::path& folder) {
  std::string circle;
  for (const DataSet& set : sets) circle += (circle.empty() ? "" : ", ") + name_of(set);
  for (DataSet& set : sets)
    set.broken = "bootstrap sets in " + folder.string() + " need each other in a circle: " + circle;
}

// Each after those that it needs, otherwise as they came.
std::vector<DataSet> by_needs(std::vector<DataSet> waiting, const fs::path& folder) {
  std::vector<DataSet> ordered;
  std::set<std::string> placed;
  while (!waiting.empty()) {
    const auto ready = std::ranges::find_if(waiting, [&](const DataSet& set) {
      return !set.broken.empty() || std::ranges::all_of(set.needs, [&](const auto& need) {
        return placed.contains(need);
      });
    });
    if (ready == waiting.end()) {
      break_circle(waiting, folder);
      continue;
    }
    placed.insert(name_of(*ready));
    ordered.push_back(std::move(*ready));
    waiting.erase(ready);
  }
  return ordered;
}

Result<std::string> hash_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  Blake2b256 hash;
  std::string chunk(256 << 10, '\0');
  while (in) {
    in.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    hash.add(std::string_view(chunk).substr(0, static_cast<std::size_t>(in.gcount())));
  }
  if (!in.eof()) return unavailable("cannot read " + file.string());
  return to_hex(hash.finish());
}

}  // namespace

fs::path BootstrapFolder::beside_program() {
  std::error_code failure;
  const fs::path program = fs::read_symlink("/proc/self/exe", failure);
  return program.parent_path().parent_path() / "share" / "maintemplate" / "bootstrap";
}

Result<std::vector<DataSet>> BootstrapFolder::list() const {
  MT_TRY(const std::vector<fs::path> files, set_files(folder_));
  std::vector<DataSet> sets;
  for (const fs::path& file : files) {
    auto set = read_data_set_header(file);
    sets.push_back(set ? *std::move(set) : broken_set(file, set.error().message));
  }
  check_needs_exist(sets, folder_);
  std::vector<DataSet> ordered = by_needs(std::move(sets), folder_);
  std::erase_if(ordered, [&](const DataSet& set) { return !modules_.contains(set.module); });
  return ordered;
}

Result<void> BootstrapFolder::read(const ModuleName& module, const std::string& name,
                                   const std::function<Result<void>(DataSetCommand)>& visit) const {
  MT_TRY(const fs::path file, find(module, name));
  return read_data_set(file, visit);
}

Result<std::string> BootstrapFolder::fingerprint(const ModuleName& module,
                                                 const std::string& name) const {
  MT_TRY(const fs::path file, find(module, name));
  std::error_code failure;
  const auto time = fs::last_write_time(file, failure);
  const std::uintmax_t size = failure ? 0 : fs::file_size(file, failure);
  if (failure) return unavailable("cannot read " + file.string() + ": " + failure.message());
  const std::lock_guard lock(mutex_);
  Fingerprint& known = fingerprints_[file];
  if (known.hex.empty() || known.time != time || known.size != size) {
    MT_TRY(std::string hex, hash_of(file));
    known = {time, size, std::move(hex)};
  }
  return known.hex;
}

// By comparing names: what a caller asks for never becomes a path.
Result<fs::path> BootstrapFolder::find(const ModuleName& module, const std::string& name) const {
  MT_TRY(const std::vector<fs::path> files, set_files(folder_));
  for (const fs::path& file : files) {
    if (modules_.contains(module) && file.parent_path().filename().string() == module.value &&
        file.stem().string() == name)
      return file;
  }
  return not_found("there is no bootstrap set " + module.value + "/" + name);
}

}  // namespace mt
