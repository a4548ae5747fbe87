#include "projections/table_remains.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

namespace mt {
namespace {

bool is_declared(const std::vector<LiveTable*>& declared, const StoreName& name) {
  return std::ranges::any_of(declared, [&](const LiveTable* table) {
    return table->name() == name.table && table->version() == name.version;
  });
}

std::vector<const LiveTable*> versions_of(const std::vector<LiveTable*>& declared,
                                          const std::string& table) {
  std::vector<const LiveTable*> versions;
  for (const LiveTable* each : declared) {
    if (each->name() == table) versions.push_back(each);
  }
  return versions;
}

Result<void> add_store(KvEnv& env, const StoreName& name, const std::string& store,
                       TableRemains& remains) {
  const std::string key = Checkpoints::copy_key_of(name.table, name.version, name.is_second);
  auto copy = std::ranges::find(remains.copies, key, &TableCopy::key);
  if (copy == remains.copies.end()) copy = remains.copies.insert(copy, TableCopy{key, {}});
  MT_TRY(const StoreId id, env.open(store));
  // The primary one comes first, as its name is the beginning of all others'.
  copy->stores.push_back(id);
  return {};
}

}  // namespace

std::optional<StoreName> parse_store_name(const std::string& name) {
  const std::size_t at = name.find('@');
  if (at == std::string::npos) return std::nullopt;
  StoreName parsed;
  parsed.table = name.substr(0, at);
  const char* const end = name.data() + name.size();
  const auto [rest, error] = std::from_chars(name.data() + at + 1, end, parsed.version);
  if (error != std::errc() || parsed.version == 0) return std::nullopt;
  const char* next = rest;
  parsed.is_second = next != end && *next == '+';
  if (parsed.is_second) ++next;
  if (next == end) return parsed;
  if (*next != '.' || next + 1 == end) return std::nullopt;
  parsed.index.assign(next + 1, end);
  return parsed;
}

Result<std::vector<TableRemains>> find_remains(KvEnv& env,
                                               const std::vector<LiveTable*>& declared) {
  MT_TRY(const std::vector<std::string> names, env.names());
  std::map<std::pair<std::string, std::uint32_t>, TableRemains> found;
  for (const std::string& store : names) {
    const auto name = parse_store_name(store);
    if (!name || is_declared(declared, *name)) continue;
    const auto versions = versions_of(declared, name->table);
    if (versions.empty()) continue;
    TableRemains& remains = found[{name->table, name->version}];
    remains.table = name->table;
    remains.module = versions.front()->module();
    remains.version = name->version;
    remains.is_newer = std::ranges::all_of(
        versions, [&](const LiveTable* each) { return each->version() < name->version; });
    MT_CHECK_OK(add_store(env, *name, store, remains));
  }
  std::vector<TableRemains> all;
  for (auto& [key, remains] : found) all.push_back(std::move(remains));
  return all;
}

std::optional<TableState> state_of(const TableRemains& remains, const KvEnv& env,
                                   const KvReader& kv, const Checkpoints& checkpoints) {
  TableState state;
  state.name = remains.table;
  state.module = remains.module;
  state.state = remains.is_newer ? "detached" : "retired";
  state.version = remains.version;
  bool has_any = false;
  for (const TableCopy& copy : remains.copies) {
    if (const auto checkpoint = checkpoints.get(kv, copy.key)) {
      state.checkpoint = {checkpoint->position()};
      state.failure = checkpoint->failure();
      has_any = true;
    }
    state.rows += kv.size(copy.stores.front());
    for (const StoreId store : copy.stores) {
      has_any = has_any || kv.size(store) > 0;
      state.bytes += env.bytes(store);
    }
  }
  return has_any ? std::optional(state) : std::nullopt;
}

Result<void> drop_remains(KvEnv& env, const Checkpoints& checkpoints, const TableRemains& remains) {
  MT_CHECK_OK(env.write([&](KvWriter& kv) -> Result<void> {
    for (const TableCopy& copy : remains.copies) checkpoints.erase(kv, copy.key);
    return {};
  }));
  for (const TableCopy& copy : remains.copies) MT_CHECK_OK(clear_copy(env, copy));
  return {};
}

}  // namespace mt
