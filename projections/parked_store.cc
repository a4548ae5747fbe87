#include "projections/parked_store.h"

#include <utility>

#include "events/byte_order.h"
#include "mt/projections/v1/parked.pb.h"

namespace mt {
namespace {

std::string prefix_of(const std::string& key) { return key + '\0'; }

std::string row_key(const std::string& key, Position position) {
  std::string bytes = prefix_of(key);
  append_u64(bytes, position.value);
  return bytes;
}

Time time_of(std::int64_t nanoseconds) { return Time{std::chrono::nanoseconds(nanoseconds)}; }

std::string to_bytes(const StoredParked& parked) {
  projections::v1::ParkedEvent row;
  row.set_category(parked.stream.category);
  row.set_id(parked.stream.id);
  row.set_version(parked.event.version.value);
  row.set_type(parked.event.type);
  row.set_schema(parked.event.schema);
  row.set_time_ns(parked.event.time.time_since_epoch().count());
  row.set_why(parked.event.why);
  row.set_attempts(parked.event.attempts);
  if (parked.drop) {
    row.mutable_drop()->set_reason(parked.drop->reason);
    row.mutable_drop()->set_by(parked.drop->by);
    row.mutable_drop()->set_time_ns(parked.drop->time.time_since_epoch().count());
  }
  return row.SerializeAsString();
}

std::optional<StoredParked> from_bytes(Position position, std::string_view bytes) {
  projections::v1::ParkedEvent row;
  if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  StoredParked parked;
  parked.stream = {row.category(), row.id()};
  parked.event = {position,  {row.version()}, row.type(), row.schema(), time_of(row.time_ns()),
                  row.why(), row.attempts()};
  if (row.has_drop()) {
    parked.drop = {row.drop().reason(), row.drop().by(), time_of(row.drop().time_ns())};
  }
  return parked;
}

}  // namespace

Result<void> ParkedStore::open(KvEnv& env) {
  MT_TRY(store_, env.open("mt.parked"));
  return {};
}

std::vector<StoredParked> ParkedStore::list(const KvReader& kv, const std::string& key) const {
  std::vector<StoredParked> all;
  const std::string prefix = prefix_of(key);
  kv.scan(store_, prefix, {}, Order::kForward, [&](std::string_view at, std::string_view bytes) {
    const bool has_position = at.size() == prefix.size() + sizeof(std::uint64_t);
    auto one =
        has_position ? from_bytes({read_u64(at.substr(prefix.size()))}, bytes) : std::nullopt;
    if (!one) {
      kv.fail(data_loss("what is parked of " + key +
                        " cannot be read; the operator mends it: "
                        "stop the container, delete the tables folder, start"));
      return Scan::kStop;
    }
    all.push_back(*std::move(one));
    return Scan::kGoOn;
  });
  return all;
}

ParkedStreams ParkedStore::load(const KvReader& kv, const std::string& key) const {
  ParkedStreams parked;
  for (StoredParked& one : list(kv, key)) {
    if (one.drop) {
      parked.drop(one.event.position);
    } else {
      parked.park(one.stream, std::move(one.event));
    }
  }
  // They failed once: what they write the next time may have to be taken back.
  if (!parked.streams().empty()) parked.be_careful();
  parked.set_stored();
  return parked;
}

void ParkedStore::save(KvWriter& kv, const std::string& key, const ParkedStreams& parked) const {
  for (const StoredParked& old : list(kv, key)) {
    if (!old.drop) kv.erase(store_, row_key(key, old.event.position));
  }
  for (const auto& [stream, event] : parked.streams()) {
    kv.put(store_, row_key(key, event.position), to_bytes({stream, event, std::nullopt}));
  }
}

void ParkedStore::save_dropped(KvWriter& kv, const std::string& key,
                               const StoredParked& dropped) const {
  kv.put(store_, row_key(key, dropped.event.position), to_bytes(dropped));
}

}  // namespace mt
