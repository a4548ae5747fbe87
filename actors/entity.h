// What an author writes of an entity: a state and two pure functions. Here they are given the one
// shape that entity hosts know; nothing of CAF, LMDB or gRPC is visible.
#pragma once

#include <google/protobuf/message.h>

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "actors/state_schema.h"
#include "actors/tagged_events.h"
#include "bus/call.h"
#include "events/base/check.h"
#include "events/base/clock.h"
#include "events/base/result.h"
#include "events/event_codec.h"
#include "events/record.h"

namespace mt {

// What `decide` may know beside state and command. It has no other source of time or identity.
struct DecideContext {
  const std::string& id;  // of the entity
  Version version;        // of its stream; 0 before its first event
  Time now;
  const Caller& caller;
  bool erased = false;             // it is a subject of personal data, and was erased
  TaggedEvents* events = nullptr;  // of the module

  bool exists() const { return version.value > 0; }

  // Reads the events of the module that match and belong to one of the oneofs `Events`, in the
  // order of the log, with `visit(event)` or `visit(event, meta)`. The decision holds only if no
  // other that matches has come by the time that it is appended; it is made again then. An error is
  // to be returned.
  template <typename... Events, typename Visit>
  Result<void> tagged(const TagQuery& query, Visit&& visit) const {
    check(events != nullptr, "whoever asks for a decision says what it can read");
    return events->read(query, [&visit](const StoredEvent& stored, const EventMeta& meta) {
      Result<void> shown;
      (void)(show<Events>(stored, meta, visit, shown) || ...);
      return shown;
    });
  }

 private:
  // Whether the event belongs to the oneof.
  template <typename Event, typename Visit>
  static bool show(const StoredEvent& stored, const EventMeta& meta, Visit& visit,
                   Result<void>& shown) {
    Event event;
    const Result<bool> decoded = decode_if_belongs(stored, event);
    if (!decoded) {
      shown = decoded.error();
      return true;
    }
    if (!*decoded) return false;
    if constexpr (std::invocable<Visit&, const Event&, const EventMeta&>) {
      visit(event, meta);
    } else {
      visit(event);
    }
    return true;
  }
};

// What an entity decided: events (none: nothing changes), the reply, claims taken and released.
template <typename Event>
struct Decision {
  std::vector<Event> events = {};
  std::shared_ptr<const Message> reply = {};
  std::vector<Claim> taken = {};
  std::vector<Claim> released = {};
};

// A decision of one event and a reply: the usual one.
template <typename Event, typename Reply>
Decision<Event> accept(Event event, Reply reply) {
  Decision<Event> decision;
  decision.events.push_back(std::move(event));
  decision.reply = std::make_shared<const Reply>(std::move(reply));
  return decision;
}

// A decision that changes nothing: what was asked for is so already.
template <typename Event, typename Reply>
Decision<Event> nothing_to_do(Reply reply) {
  Decision<Event> decision;
  decision.reply = std::make_shared<const Reply>(std::move(reply));
  return decision;
}

// Command and Event are messages with one oneof. `decide` refuses with an error or decides;
// `evolve` cannot fail. Neither throws. A State that is a protobuf message is kept in snapshots.
// An entity whose events carry tags says which: `tags(event, id)` gives those of an event of the
// entity with that id, a std::vector<std::string>.
template <typename E>
concept Entity = requires(const typename E::State& state, typename E::State& mutable_state,
                          const typename E::Command& command, const typename E::Event& event,
                          const DecideContext& context) {
  { E::kCategory } -> std::convertible_to<std::string_view>;
  { E::decide(state, command, context) } -> std::same_as<Result<Decision<typename E::Event>>>;
  { E::evolve(mutable_state, event) } -> std::same_as<void>;
};

// A decision in stored form.
struct Decided {
  std::vector<StoredEvent> events;
  std::shared_ptr<const Message> reply;
  std::vector<Claim> taken;
  std::vector<Claim> released;
};

// The state of one entity, its types erased. One thread at a time.
class EntityState {
 public:
  virtual ~EntityState() = default;

  // Decides, and lets the state follow its own decision at once: should the append fail, the state
  // is thrown away and loaded again. `command` is the oneof message of the entity's commands.
  virtual Result<Decided> decide(const Message& command, const DecideContext& context) = 0;
  virtual Result<void> evolve(const StoredEvent& event) = 0;
  // Serialized state for a snapshot; none when the entity keeps no snapshots.
  virtual std::optional<std::string> save() const = 0;
  virtual bool load(std::string_view saved) = 0;
};

// What hosts know of a kind of entity. A value of static lifetime: entity_type<E>().
struct EntityType {
  std::string category;
  // Identity of snapshots; see kCodeVersion.
  std::string code_version;
  std::string state_schema;  // empty: the entity keeps no snapshots
  const google::protobuf::Descriptor* command = nullptr;
  const google::protobuf::Descriptor* event = nullptr;
  std::unique_ptr<EntityState> (*fresh)() = nullptr;
  std::unique_ptr<Message> (*fresh_command)() = nullptr;
};

template <Entity E>
class TypedEntityState final : public EntityState {
 public:
  Result<Decided> decide(const Message& command, const DecideContext& context) override {
    MT_TRY(Decision<typename E::Event> decision,
           E::decide(state_, static_cast<const typename E::Command&>(command), context));
    Decided decided;
    for (const typename E::Event& event : decision.events) {
      StoredEvent& stored = decided.events.emplace_back(encode_event(event));
      if constexpr (requires { E::tags(event, context.id); }) {
        stored.tags = E::tags(event, context.id);
      }
      E::evolve(state_, event);
    }
    decided.reply = std::move(decision.reply);
    decided.taken = std::move(decision.taken);
    decided.released = std::move(decision.released);
    return decided;
  }

  Result<void> evolve(const StoredEvent& stored) override {
    typename E::Event event;
    MT_CHECK_OK(decode_event(stored, event));
    E::evolve(state_, event);
    return {};
  }

  std::optional<std::string> save() const override {
    if constexpr (kHasSnapshots) return state_.SerializeAsString();
    return std::nullopt;
  }

  bool load(std::string_view saved) override {
    if constexpr (kHasSnapshots) {
      return state_.ParseFromArray(saved.data(), static_cast<int>(saved.size()));
    }
    return false;
  }

 private:
  static constexpr bool kHasSnapshots = std::derived_from<typename E::State, Message>;

  typename E::State state_;
};

// An entity that changes what `evolve` does raises its kCodeVersion, so that older snapshots are
// not used; without one it is "1". A change of the state's message is seen without that.
template <Entity E>
const EntityType& entity_type() {
  static const EntityType type = [] {
    EntityType made;
    made.category = std::string(std::string_view(E::kCategory));
    made.code_version = "1";
    if constexpr (requires { E::kCodeVersion; }) made.code_version = std::string(E::kCodeVersion);
    if constexpr (std::derived_from<typename E::State, Message>) {
      made.state_schema = state_schema(*E::State::descriptor());
    }
    made.command = E::Command::descriptor();
    made.event = E::Event::descriptor();
    made.fresh = []() -> std::unique_ptr<EntityState> {
      return std::make_unique<TypedEntityState<E>>();
    };
    made.fresh_command = []() -> std::unique_ptr<Message> {
      return std::make_unique<typename E::Command>();
    };
    return made;
  }();
  return type;
}

}  // namespace mt
