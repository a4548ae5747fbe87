#include "projections/live_table.h"

#include "events/base/log.h"

namespace mt {
namespace {

Result<bool> has_nothing(const KvEnv& env, StoreId store) {
  const auto kv = env.read();
  const bool is_empty = kv->size(store) == 0;
  MT_CHECK_OK(kv->status());
  return is_empty;
}

}  // namespace

Result<void> LiveTable::open(KvEnv& env, const Checkpoints& checkpoints) {
  std::array<std::optional<Checkpoints::Checkpoint>, 2> found;
  for (std::size_t slot = 0; slot < copies_.size(); ++slot) {
    TableCopy& copy = copies_[slot];
    copy.key = Checkpoints::copy_key_of(name(), projection_->version(), slot == 1);
    MT_TRY(copy.stores, projection_->table().open_copy(env, copy.key));
    const auto kv = env.read();
    found[slot] = checkpoints.get(*kv, copy.key);
    MT_CHECK_OK(kv->status());
  }
  // Both have one when a program that knows no second copy has built its own beside it.
  slot_ = found[1] && (!found[0] || found[1]->position() > found[0]->position());
  is_stored_ = found[slot_].has_value();
  if (found[0] && found[1]) {
    MT_CHECK_OK(env.write([&](KvWriter& kv) -> Result<void> {
      checkpoints.erase(kv, spare().key);
      return {};
    }));
  }
  MT_CHECK_OK(clear_copy(env, spare()));
  bind();
  return {};
}

void LiveTable::set_role(TableRole role) {
  role_ = role;
  const std::lock_guard lock(mutex_);
  if (failure_.empty()) state_ = text_of(role);
}

const char* LiveTable::text_of(TableRole role) {
  switch (role) {
    case TableRole::kServing:
      return "live";
    case TableRole::kFormer:
      return "retired";
    case TableRole::kBuilt:
    case TableRole::kAside:
      break;
  }
  return "building";
}

void LiveTable::swap_copies() {
  slot_ = 1 - slot_;
  routes_ = {};
  routes_.lead(stores(), copy().stores);
}

void LiveTable::bind() {
  projection_->table().bind(copy().stores);
  routes_ = {};
}

Result<void> clear_copy(KvEnv& env, const TableCopy& copy) {
  for (const StoreId store : copy.stores) {
    MT_TRY(const bool is_empty, has_nothing(env, store));
    if (is_empty) continue;
    MT_CHECK_OK(env.write([&](KvWriter& writer) -> Result<void> {
      writer.clear(store);
      return {};
    }));
  }
  return {};
}

void stop_table(const Checkpoints& checkpoints, KvWriter& kv, LiveTable& table, Position position,
                const std::string& why) {
  checkpoints.put(kv, table.copy().key, position, why);
  table.set_stored();
  table.set("failed", position, why);
  Logger("projections").error("table stopped", {{"table", table.name()}, {"reason", why}});
}

std::unique_ptr<TableWatch> watch_table(LiveTable& table, const Checkpoints& checkpoints,
                                        RowRange range) {
  const auto position_in = [&table, &checkpoints](const KvReader& kv) -> Result<Position> {
    const auto checkpoint = checkpoints.get(kv, table.copy_in(kv, checkpoints).key);
    MT_CHECK_OK(kv.status());
    if (checkpoint) return Position{checkpoint->position()};
    return data_loss("the checkpoint of table " + table.name() + " cannot be read");
  };
  return std::make_unique<TableWatch>(table.changes(), std::move(range), position_in);
}

}  // namespace mt
