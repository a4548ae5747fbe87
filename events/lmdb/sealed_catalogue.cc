#include "events/lmdb/sealed_catalogue.h"

#include <string>

#include "events/lmdb/error.h"

namespace mt {
namespace {

constexpr const char* kReading = "read the catalogue of sealed files";

}  // namespace

Result<std::optional<MDB_dbi>> SealedCatalogue::database() {
  if (database_) return database_;
  MT_TRY(LmdbTxn txn, begin_txn(env_, MDB_RDONLY));
  MDB_dbi database = 0;
  int code = mdb_dbi_open(txn.get(), kCatalogue, 0, &database);
  if (code == MDB_NOTFOUND) return std::optional<MDB_dbi>();
  if (code == 0) code = mdb_txn_commit(txn.release());
  if (code != 0) return from_lmdb(code, kReading);
  database_ = database;
  return database_;
}

Result<std::vector<Segment>> SealedCatalogue::read(const ModuleName& module) {
  std::vector<Segment> segments;
  MT_TRY(const std::optional<MDB_dbi> opened, database());
  if (!opened) return segments;
  MT_TRY(const LmdbTxn txn, begin_txn(env_, MDB_RDONLY));
  MT_TRY(const LmdbCursor cursor, open_cursor(txn.get(), *opened));
  const std::string prefix = module.value + '\0';
  MDB_val key = to_val(prefix);
  MDB_val value{};
  int code = mdb_cursor_get(cursor.get(), &key, &value, MDB_SET_RANGE);
  for (; code == 0 && to_view(key).starts_with(prefix);
       code = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT)) {
    MT_TRY(Segment segment, segment_of(to_view(key), to_view(value)));
    segments.push_back(std::move(segment));
  }
  if (code != 0 && code != MDB_NOTFOUND) return from_lmdb(code, kReading);
  return segments;
}

Result<void> SealedCatalogue::add(const Segment& segment) {
  if (!database_) {
    MT_TRY(database_, env_.open_database(kCatalogue));
  }
  MT_TRY(LmdbTxn txn, begin_txn(env_, 0));
  const std::string name = catalogue_key(segment.module, segment.first);
  const std::string entry = catalogue_value(segment);
  MDB_val key = to_val(name);
  MDB_val value = to_val(entry);
  int code = mdb_put(txn.get(), *database_, &key, &value, MDB_NOOVERWRITE);
  if (code == 0) code = mdb_txn_commit(txn.release());
  if (code != 0) return from_lmdb(code, "write down a sealed file");
  return {};
}

}  // namespace mt
