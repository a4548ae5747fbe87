#include "actors/entity_loader.h"

#include <optional>
#include <string>
#include <utility>

namespace mt {
namespace {

LoadedEntity begin(const EntityIdentity& entity, const DerivedView& view) {
  LoadedEntity loaded;
  loaded.state = entity.type.fresh();
  const std::optional<StoredSnapshot> stored = view.snapshot(entity.module, entity.stream);
  if (!stored) return loaded;
  loaded.unused =
      why_unused(*stored, entity.type, view.stream_version(entity.module, entity.stream));
  if (loaded.unused) return loaded;
  if (loaded.state->load(stored->state)) {
    loaded.version = loaded.snapshot = stored->version;
  } else {
    loaded.state = entity.type.fresh();
    loaded.unused = {"its state does not parse", true};
  }
  return loaded;
}

Result<void> evolve(const EntityIdentity& entity, StoredEvent event, LoadedEntity& loaded) {
  if (entity.upcasters == nullptr || entity.upcasters->empty()) return loaded.state->evolve(event);
  MT_TRY(const StoredEvent newest, entity.upcasters->upcast(std::move(event)));
  return loaded.state->evolve(newest);
}

// The index names the records of the stream in order; a record that does not follow is not folded.
Result<void> fold(const EntityIdentity& entity, CommitRecord record, LoadedEntity& loaded) {
  Commit& commit = record.commit;
  if (commit.stream != entity.stream || commit.expected > loaded.version) {
    return data_loss("the record at position " + std::to_string(record.first.value) + " of " +
                     entity.module.value + " does not follow version " +
                     std::to_string(loaded.version.value) + " of " + to_string(entity.stream));
  }
  Version at = commit.expected;
  for (StoredEvent& event : commit.events) {
    at = at + 1;
    if (at <= loaded.version) continue;  // the snapshot holds it
    MT_CHECK_OK(evolve(entity, std::move(event), loaded));
    loaded.version = at;
    if (!loaded.unsaved_since) loaded.unsaved_since = record.time;
  }
  return {};
}

// A record that the index names and the log lacks is lost, and no entity that was not found.
Error cannot_load(const EntityIdentity& entity, const Error& why) {
  const Code code = why.code == Code::kNotFound ? Code::kDataLoss : why.code;
  return {code, to_string(entity.stream) + " cannot be loaded: " + why.message};
}

}  // namespace

std::optional<UnusedSnapshot> why_unused(const StoredSnapshot& stored, const EntityType& type,
                                         Version last) {
  if (!stored.is_readable) return UnusedSnapshot{"it cannot be read", true};
  if (stored.code_version != type.code_version || stored.schema != type.state_schema) {
    return UnusedSnapshot{"of code " + stored.code_version + " and schema " + stored.schema +
                              ", this program's are of code " + type.code_version + " and schema " +
                              type.state_schema,
                          false};
  }
  if (stored.version <= last) return std::nullopt;
  return UnusedSnapshot{"it is of version " + std::to_string(stored.version.value) +
                            ", the stream ends at " + std::to_string(last.value) +
                            ": the log was restored from a backup",
                        true};
}

Result<LoadedEntity> load_entity(const EntityIdentity& entity, const DerivedView& view,
                                 const EventLog& log) {
  LoadedEntity loaded = begin(entity, view);
  for (const Position first : view.stream_records(entity.module, entity.stream, loaded.version)) {
    Result<CommitRecord> record = log.at(entity.module, first);
    const Result<void> folded =
        record ? fold(entity, *std::move(record), loaded) : Result<void>(std::move(record).error());
    if (!folded) return cannot_load(entity, folded.error());
  }
  MT_CHECK_OK(view.status());
  return loaded;
}

}  // namespace mt
