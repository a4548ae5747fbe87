#include "events/derived_store.h"

#include <utility>

#include "events/base/check.h"
#include "events/byte_order.h"
#include "events/crypto/blake2b.h"
#include "mt/events/v1/commit.pb.h"

namespace mt {
namespace {

constexpr std::string_view kApplied = "applied";
constexpr std::string_view kRememberedFrom = "remembered_from";
constexpr std::string_view kFormat = "format";

// Of the module's stores. Raised when their bytes change, or when one is added that earlier records
// have a part in. 2: claims say since when they are held; the kinds of events. 3: the tags. 4: the
// values of personal claims are keyed hashes.
constexpr std::uint64_t kCurrentFormat = 4;

constexpr char kHashed = '\xff';  // begins no text

// `first` 00 `second`, within what a key may hold: longer ones are replaced by their hash, which
// keeps them unique and is all that is needed of a key that is only looked up.
std::string pair_key(std::string_view first, std::string_view second, std::size_t more_bytes) {
  std::string key;
  key.reserve(first.size() + second.size() + 2 + more_bytes);
  key.append(first).push_back('\0');
  key.append(second).push_back('\0');
  if (key.size() + more_bytes <= KvWriter::kMaxKey) return key;
  const Hash hash = blake2b_256({key});
  return kHashed + std::string(reinterpret_cast<const char*>(hash.data()), hash.size());
}

std::string stream_prefix(const StreamId& stream) {
  return pair_key(stream.category, stream.id, sizeof(std::uint64_t));
}

// Of what stream_prefix() made; none when that is a hash.
std::optional<StreamId> stream_in(std::string_view prefix) {
  const std::size_t between = prefix.find('\0');
  if (prefix.starts_with(kHashed) || between == std::string_view::npos) return std::nullopt;
  const std::string_view id = prefix.substr(between + 1);
  return StreamId{std::string(prefix.substr(0, between)), std::string(id.substr(0, id.find('\0')))};
}

std::string claim_key(const Claim& claim) { return pair_key(claim.scope, claim.value, 0); }

std::string kind_key(const EventKind& kind) {
  return pair_key(kind.type, std::to_string(kind.schema), 0);
}

std::string held_bytes(const Claim& claim, const StreamId& holder, Position since) {
  events::v1::HeldClaim held;
  held.mutable_claim()->set_scope(claim.scope);
  held.mutable_claim()->set_value(claim.value);
  held.set_category(holder.category);
  held.set_entity_id(holder.id);
  held.set_since(since.value);
  return held.SerializeAsString();
}

std::string kind_bytes(const EventKind& kind, Position first) {
  events::v1::KindOfEvents bytes;
  bytes.set_type(kind.type);
  bytes.set_schema(kind.schema);
  bytes.set_first(first.value);
  return bytes.SerializeAsString();
}

// What the keys of a tag begin with; the position follows. No tag holds a zero byte.
std::string tag_prefix(std::string_view tag) { return std::string(tag) + '\0'; }

// One that no writer has let through, of a log that came from elsewhere, can be asked for by no
// query either.
bool is_indexed(std::string_view tag) {
  return tag.size() <= kMaxTagBytes && tag.find('\0') == std::string_view::npos;
}

// None when it is no number: the disk has changed it.
std::optional<std::uint64_t> number_in(std::string_view value) {
  if (value.size() != sizeof(std::uint64_t)) return std::nullopt;
  return read_u64(value);
}

}  // namespace

class KvDerivedView final : public DerivedView {
 public:
  KvDerivedView(const DerivedStore& store, std::unique_ptr<KvReader> kv)
      : store_(store), kv_(std::move(kv)) {}

  Result<void> status() const override { return kv_->status(); }
  void fail(Error why) const override { kv_->fail(std::move(why)); }

  Position applied(const ModuleName& module) const override {
    const auto value = kv_->get(store_.stores(module).state, kApplied);
    return value ? position_in(module, *value) : Position{};
  }

  Version stream_version(const ModuleName& module, const StreamId& stream) const override {
    const auto version = store_.last_version(*kv_, module, stream);
    if (!version) kv_->fail(derived_damage(module, "a key of a stream cannot be read"));
    return version.value_or(Version{});
  }

  std::vector<Position> stream_records(const ModuleName& module, const StreamId& stream,
                                       Version after) const override {
    std::vector<Position> positions;
    const std::string prefix = stream_prefix(stream);
    kv_->scan(store_.stores(module).streams, prefix, prefix + u64_bytes(after.value),
              Order::kForward, [&](std::string_view, std::string_view value) {
                positions.push_back(position_in(module, value));
                return Scan::kGoOn;
              });
    return positions;
  }

  std::optional<Position> command(const ModuleName& module, const CommandId& id) const override {
    const auto value = kv_->get(store_.stores(module).results, id.value);
    if (!value) return std::nullopt;
    return position_in(module, *value);
  }

  std::chrono::nanoseconds remembered(const ModuleName& module) const override {
    return store_.stores(module).remembered;
  }

  std::optional<HeldClaim> held_claim(const ModuleName& module, const Claim& claim) const override {
    const auto value = kv_->get(store_.stores(module).claims, claim_key(claim));
    if (!value) return std::nullopt;
    return held_in(module, *value);
  }

  void visit_claims(const ModuleName& module, const std::string& scope, std::string_view after,
                    const ClaimVisitor& visit) const override {
    const StoreId claims = store_.stores(module).claims;
    Scan next = Scan::kGoOn;
    const auto show = [&](std::string_view key, std::string_view value) {
      const auto held = held_in(module, value);
      if (!held) return next = Scan::kStop;
      if (!scope.empty() && held->claim.scope != scope) return Scan::kGoOn;
      return next = visit(key, *held);
    };
    if (scope.empty()) return kv_->scan(claims, {}, after, Order::kForward, show);
    kv_->scan(claims, scope + '\0', after, Order::kForward, show);
    if (next == Scan::kGoOn) {
      kv_->scan(claims, std::string(1, kHashed), after, Order::kForward, show);
    }
  }

  std::optional<TaggedEvent> next_tagged(const ModuleName& module, const std::string& tag,
                                         Position after) const override {
    std::optional<TaggedEvent> found;
    const std::string prefix = tag_prefix(tag);
    kv_->scan(store_.stores(module).tags, prefix, prefix + u64_bytes(after.value), Order::kForward,
              [&](std::string_view key, std::string_view value) {
                const Position at = position_in(module, key.substr(prefix.size()));
                if (at > after) found = TaggedEvent{at, value};
                return Scan::kStop;
              });
    return found;
  }

  std::optional<StoredSnapshot> snapshot(const ModuleName& module,
                                         const StreamId& stream) const override {
    const auto value = kv_->get(store_.stores(module).snapshots, stream_prefix(stream));
    if (!value) return std::nullopt;
    return snapshot_in(*value);
  }

  void visit_snapshots(const ModuleName& module, std::string_view after,
                       const SnapshotVisitor& visit) const override {
    kv_->scan(store_.stores(module).snapshots, {}, after, Order::kForward,
              [&](std::string_view key, std::string_view value) {
                return visit(key, stream_in(key), snapshot_in(value));
              });
  }

 private:
  static StoredSnapshot snapshot_in(std::string_view value) {
    events::v1::Snapshot stored;
    StoredSnapshot snapshot;
    snapshot.is_readable = stored.ParseFromArray(value.data(), static_cast<int>(value.size()));
    if (!snapshot.is_readable) return snapshot;
    snapshot.version = {stored.version()};
    snapshot.code_version = stored.code_version();
    snapshot.state = std::move(*stored.mutable_state());
    snapshot.schema = stored.schema();
    snapshot.time = Time(std::chrono::nanoseconds(stored.time_ns()));
    return snapshot;
  }

  std::optional<HeldClaim> held_in(const ModuleName& module, std::string_view value) const {
    events::v1::HeldClaim stored;
    if (!stored.ParseFromArray(value.data(), static_cast<int>(value.size())) ||
        stored.category().empty()) {
      kv_->fail(derived_damage(module, "the holder of a claim cannot be read"));
      return std::nullopt;
    }
    return HeldClaim{{stored.claim().scope(), stored.claim().value()},
                     {stored.category(), stored.entity_id()},
                     {stored.since()}};
  }

  Position position_in(const ModuleName& module, std::string_view value) const {
    const auto number = number_in(value);
    if (!number) kv_->fail(derived_damage(module, "a position cannot be read"));
    return {number.value_or(0)};
  }

  const DerivedStore& store_;
  std::unique_ptr<KvReader> kv_;
};

bool is_forgotten(const CommandId& command, Time then, Time now,
                  std::chrono::nanoseconds remembered) {
  return now - then >= remembered && !command.value.starts_with(kBootstrapIds);
}

Error derived_damage(const ModuleName& module, const std::string& what) {
  return data_loss("the derived state of " + module.value + " is damaged, " + what +
                   "; the operator mends it: stop the container, delete the tables folder, start");
}

std::optional<StreamId> DerivedView::claim_holder(const ModuleName& module,
                                                  const Claim& claim) const {
  std::optional<HeldClaim> held = held_claim(module, claim);
  if (!held) return std::nullopt;
  return std::move(held->holder);
}

Result<void> check_not_beyond(const ModuleName& module, Position applied, Position head) {
  if (applied <= head) return {};
  return data_loss("the tables of " + module.value + " hold position " +
                   std::to_string(applied.value) + ", its log ends at " +
                   std::to_string(head.value) +
                   "; restore the events folder, or delete the tables folder to build it anew");
}

Result<void> DerivedStore::open(const ModuleName& module, std::chrono::nanoseconds remembered) {
  Stores stores;
  stores.remembered = remembered;
  MT_TRY(stores.streams, env_.open(module.value + ".streams"));
  MT_TRY(stores.results, env_.open(module.value + ".results"));
  MT_TRY(stores.claims, env_.open(module.value + ".claims"));
  MT_TRY(stores.tags, env_.open(module.value + ".tags"));
  MT_TRY(stores.kinds, env_.open(module.value + ".kinds"));
  MT_TRY(stores.snapshots, env_.open(module.value + ".snapshots"));
  MT_TRY(stores.state, env_.open(module.value + ".state"));
  stores_.insert_or_assign(module, stores);
  return {};
}

const DerivedStore::Stores& DerivedStore::stores(const ModuleName& module) const {
  const auto found = stores_.find(module);
  check(found != stores_.end(), "a module's derived state is opened before it is used");
  return found->second;
}

std::unique_ptr<DerivedView> DerivedStore::view() const {
  return std::make_unique<KvDerivedView>(*this, env_.read());
}

void DerivedStore::apply(KvWriter& kv, const ModuleName& module, const CommitRecord& record,
                         Time newest) const {
  const Stores& into = stores(module);
  const Commit& commit = record.commit;
  const std::string first = u64_bytes(record.first.value);
  kv.put(into.streams, stream_prefix(commit.stream) + u64_bytes(record.last_version().value),
         first);
  const CommandRef& command = commit.command;
  if (command.keyed && !is_forgotten(command.id, record.time, newest, into.remembered)) {
    kv.put(into.results, command.id.value, first);
  }
  for (const Claim& claim : commit.released) kv.erase(into.claims, claim_key(claim));
  for (const Claim& claim : commit.taken) {
    kv.put(into.claims, claim_key(claim), held_bytes(claim, commit.stream, record.first));
  }
  for (std::size_t i = 0; i < commit.events.size(); ++i) {
    note_kind(kv, into, commit.events[i], record.first + i);
    note_tags(kv, into, commit.events[i], record.first + i);
  }
  kv.put(into.state, kApplied, u64_bytes(record.last().value));
}

void DerivedStore::note_kind(KvWriter& kv, const Stores& into, const StoredEvent& event,
                             Position position) const {
  for (const EventKind& known : into.known_kinds) {
    if (known.schema == event.schema && known.type == event.type) return;
  }
  EventKind kind{event.type, event.schema};
  const std::string key = kind_key(kind);
  if (!kv.get(into.kinds, key)) kv.put(into.kinds, key, kind_bytes(kind, position));
  into.known_kinds.push_back(std::move(kind));
}

void DerivedStore::note_tags(KvWriter& kv, const Stores& into, const StoredEvent& event,
                             Position position) {
  for (const std::string& tag : event.tags) {
    if (is_indexed(tag)) kv.put(into.tags, tag_prefix(tag) + u64_bytes(position.value), event.type);
  }
}

std::map<EventKind, Position> DerivedStore::kinds(const KvReader& kv,
                                                  const ModuleName& module) const {
  std::map<EventKind, Position> kinds;
  kv.scan(stores(module).kinds, {}, {}, Order::kForward,
          [&](std::string_view, std::string_view value) {
            events::v1::KindOfEvents stored;
            if (!stored.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
              kv.fail(derived_damage(module, "a kind of events cannot be read"));
              return Scan::kStop;
            }
            kinds.emplace(EventKind{stored.type(), stored.schema()}, Position{stored.first()});
            return Scan::kGoOn;
          });
  return kinds;
}

void DerivedStore::begin_again(const ModuleName& module) const {
  stores(module).known_kinds.clear();
}

bool DerivedStore::is_current(const KvReader& kv, const ModuleName& module) const {
  return kv.get(stores(module).state, kFormat) == u64_bytes(kCurrentFormat);
}

void DerivedStore::set_current(KvWriter& kv, const ModuleName& module) const {
  kv.put(stores(module).state, kFormat, u64_bytes(kCurrentFormat));
}

Position DerivedStore::remembered_from(const KvReader& kv, const ModuleName& module) const {
  const auto value = kv.get(stores(module).state, kRememberedFrom);
  // What cannot be read is begun again: dropping what was dropped changes nothing.
  return {value ? number_in(*value).value_or(1) : 1};
}

void DerivedStore::set_remembered_from(KvWriter& kv, const ModuleName& module,
                                       Position position) const {
  kv.put(stores(module).state, kRememberedFrom, u64_bytes(position.value));
}

void DerivedStore::forget(KvWriter& kv, const ModuleName& module, const CommitRecord& record,
                          Time newest) const {
  const Stores& from = stores(module);
  const CommandRef& command = record.commit.command;
  if (!command.keyed || !is_forgotten(command.id, record.time, newest, from.remembered)) return;
  if (kv.get(from.results, command.id.value) == u64_bytes(record.first.value)) {
    kv.erase(from.results, command.id.value);
  }
}

std::optional<Version> DerivedStore::last_version(const KvReader& kv, const ModuleName& module,
                                                  const StreamId& stream) const {
  std::optional<Version> version(std::in_place);
  const std::string prefix = stream_prefix(stream);
  kv.scan(stores(module).streams, prefix, {}, Order::kBackward,
          [&](std::string_view key, std::string_view) {
            const auto number = number_in(key.substr(prefix.size()));
            version = number ? std::optional(Version{*number}) : std::nullopt;
            return Scan::kStop;
          });
  return version;
}

bool DerivedStore::holds(const KvReader& kv, const ModuleName& module, const StreamId& stream,
                         Version version) const {
  return last_version(kv, module, stream) >= version;
}

void DerivedStore::put_snapshot(KvWriter& kv, const ModuleName& module, const StreamId& stream,
                                const StoredSnapshot& snapshot) const {
  events::v1::Snapshot stored;
  stored.set_version(snapshot.version.value);
  stored.set_code_version(snapshot.code_version);
  stored.set_state(snapshot.state);
  stored.set_schema(snapshot.schema);
  stored.set_time_ns(snapshot.time.time_since_epoch().count());
  kv.put(stores(module).snapshots, stream_prefix(stream), stored.SerializeAsString());
}

void DerivedStore::drop_snapshot(KvWriter& kv, const ModuleName& module,
                                 const StreamId& stream) const {
  kv.erase(stores(module).snapshots, stream_prefix(stream));
}

void DerivedStore::free_claim(KvWriter& kv, const ModuleName& module, const StreamId& holder,
                              const Claim& claim) const {
  const StoreId claims = stores(module).claims;
  const std::string key = claim_key(claim);
  events::v1::HeldClaim held;
  const auto value = kv.get(claims, key);
  if (!value || !held.ParseFromArray(value->data(), static_cast<int>(value->size()))) return;
  if (held.category() == holder.category && held.entity_id() == holder.id) kv.erase(claims, key);
}

void DerivedStore::clear(KvWriter& kv, const ModuleName& module) const {
  const Stores& all = stores(module);
  for (const StoreId store :
       {all.streams, all.results, all.claims, all.tags, all.kinds, all.snapshots, all.state}) {
    kv.clear(store);
  }
  all.known_kinds.clear();
}

}  // namespace mt
