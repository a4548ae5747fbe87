#include "events/lmdb/log_names.h"

#include <string_view>
#include <utility>
#include <vector>

#include "events/byte_order.h"
#include "events/lmdb/error.h"
#include "events/lmdb/sealed_catalogue.h"
#include "events/record_codec.h"

namespace mt {
namespace {

constexpr const char* kDatabase = "mt.logs";
constexpr std::string_view kSuffix = "_events";
constexpr const char* kAdvice = "; restore the events folder from a backup";

std::string checksum(std::string_view name) {
  std::string bytes;
  append_u32(bytes, crc32c(name));
  return bytes;
}

using Entries = std::vector<std::pair<std::string, std::string>>;

// Of a database with few; `name` is null for that of all databases' names.
Result<Entries> entries_of(MDB_txn* txn, const char* name) {
  const std::string doing = "read the names of the logs";
  MDB_dbi database = 0;
  if (const int code = mdb_dbi_open(txn, name, 0, &database); code != 0) {
    return from_lmdb(code, doing);
  }
  MT_TRY(const LmdbCursor cursor, open_cursor(txn, database));
  Entries entries;
  MDB_val key{};
  MDB_val value{};
  int code = 0;
  while ((code = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT)) == 0) {
    entries.emplace_back(to_view(key), to_view(value));
  }
  if (code != MDB_NOTFOUND) return from_lmdb(code, doing);
  return entries;
}

Result<LogNames> read_names(MDB_txn* txn) {
  MT_TRY(const Entries entries, entries_of(txn, kDatabase));
  LogNames names;
  for (const auto& [name, sum] : entries) {
    if (sum != checksum(name)) {
      return data_loss("the checksum of a log's name, '" + name + "', does not hold" + kAdvice);
    }
    names.insert({name});
  }
  return names;
}

}  // namespace

std::string database_of(const ModuleName& module) { return module.value + std::string(kSuffix); }

bool is_log(std::string_view database) { return database.ends_with(kSuffix); }

Result<LogsFound> find_logs(LmdbEnv& env) {
  LogsFound found;
  MT_TRY(const LmdbTxn txn, begin_txn(env, MDB_RDONLY));
  MT_TRY(const Entries databases, entries_of(txn.get(), nullptr));
  for (const auto& [name, tree] : databases) {
    if (name == kDatabase) {
      MT_TRY(found.written.emplace(), read_names(txn.get()));
    } else if (name == kCatalogue) {
      continue;
    } else if (is_log(name)) {
      found.databases.insert({name.substr(0, name.size() - kSuffix.size())});
    } else {
      return data_loss("the environment in " + env.folder() + " has a database '" + name +
                       "', which is no module's log" + kAdvice);
    }
  }
  return found;
}

Result<void> write_log_names(LmdbEnv& env, const LogNames& names) {
  const std::string doing = "write down the names of the logs in " + env.folder();
  MT_TRY(LmdbTxn txn, begin_txn(env, 0));
  MDB_dbi database = 0;
  int code = mdb_dbi_open(txn.get(), kDatabase, MDB_CREATE, &database);
  for (auto name = names.begin(); code == 0 && name != names.end(); ++name) {
    MDB_dbi log = 0;
    code = mdb_dbi_open(txn.get(), database_of(*name).c_str(), MDB_CREATE, &log);
    const std::string bytes = checksum(name->value);
    MDB_val key = to_val(name->value);
    MDB_val value = to_val(bytes);
    if (code == 0) code = mdb_put(txn.get(), database, &key, &value, 0);
  }
  if (code == 0) code = mdb_txn_commit(txn.release());
  if (code != 0) return from_lmdb(code, doing);
  return {};
}

std::map<ModuleName, std::string> strange_logs(const LogsFound& found) {
  std::map<ModuleName, std::string> strange;
  if (!found.written) return strange;
  for (const ModuleName& module : *found.written) {
    if (found.databases.contains(module)) continue;
    strange[module] = "the log of " + module.value + " is missing: there is no database " +
                      database_of(module) + kAdvice;
  }
  for (const ModuleName& module : found.databases) {
    if (found.written->contains(module)) continue;
    strange[module] = "the log of " + module.value +
                      " was not made under this name: it is that of another module" + kAdvice;
  }
  return strange;
}

}  // namespace mt
