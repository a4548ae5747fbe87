#include "events/subject_keys_copy.h"

#include <chrono>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "events/subject_entry.h"
#include "mt/events/v1/keys.pb.h"

namespace mt {
namespace {

namespace v1 = events::v1;

constexpr std::size_t kPiece = 1000;                                   // subjects
constexpr std::size_t kLongestCopy = std::numeric_limits<int>::max();  // of one message

using Values = std::vector<std::pair<std::string, std::string>>;

// In short transactions: a long one would keep the container from using pages again.
Result<Values> some_of(const KvEnv& env, StoreId store, const std::string& after) {
  Values values;
  const auto kv = env.read();
  kv->scan(store, "", after, Order::kForward, [&](std::string_view key, std::string_view value) {
    values.emplace_back(key, value);
    return values.size() < kPiece ? Scan::kGoOn : Scan::kStop;
  });
  MT_CHECK_OK(kv->status());
  return values;
}

Error damaged(const std::string& subject) {
  return data_loss("the key of " + subject +
                   " is damaged, and it was not erased; restore the keys folder from a backup, or "
                   "let its data go with: mtctl erase " +
                   subject);
}

bool is_wiped(const std::string& slot) { return slot == std::string(slot.size(), '\0'); }

class Copy {
 public:
  Copy(const KvEnv& env, StoreId subjects, const KeySlots& slots)
      : env_(env), subjects_(subjects), slots_(slots) {}

  Result<v1::SubjectKey> of(const std::string& subject, const std::string& value) const {
    v1::SubjectKey key;
    key.set_subject(subject);
    auto entry = SubjectEntry::parse(value);
    if (!entry) return damaged(subject);
    if (!entry->is_erased()) {
      MT_TRY(std::string wrapped, slots_.read(entry->slot));
      if (!is_wiped(wrapped)) {
        key.set_wrapped(std::move(wrapped));
        return key;
      }
      // Destroyed since its entry was read, which said so before that.
      MT_TRY(entry, again(subject));
      if (!entry || !entry->is_erased()) return damaged(subject);
    }
    key.set_erased_ns(entry->erased.time_since_epoch().count());
    return key;
  }

 private:
  Result<std::optional<SubjectEntry>> again(const std::string& subject) const {
    const auto kv = env_.read();
    const auto value = kv->get(subjects_, subject);
    MT_CHECK_OK(kv->status());
    return value ? SubjectEntry::parse(*value) : std::nullopt;
  }

  const KvEnv& env_;
  const StoreId subjects_;
  const KeySlots& slots_;
};

v1::KeyCopy head_of(const KvReader& kv, StoreId state, StoreId modules) {
  v1::KeyCopy head;
  if (const auto master = kv.get(state, key_stores::kFingerprint))
    head.set_master_fingerprint(std::string(*master));
  kv.scan(modules, "", "", Order::kForward, [&](std::string_view module, std::string_view key) {
    v1::ModuleKey& kept = *head.add_modules();
    kept.set_module(std::string(module));
    kept.set_wrapped(std::string(key));
    return Scan::kGoOn;
  });
  return head;
}

}  // namespace

Result<void> copy_subject_keys(KvEnv& env, const KeySlots& slots,
                               const std::function<Result<void>(std::string_view)>& sink) {
  MT_TRY(const StoreId subjects, env.open(key_stores::kSubjects));
  MT_TRY(const StoreId modules, env.open(key_stores::kModules));
  MT_TRY(const StoreId state, env.open(key_stores::kState));
  {
    const auto kv = env.read();
    const v1::KeyCopy head = head_of(*kv, state, modules);
    MT_CHECK_OK(kv->status());
    MT_CHECK_OK(sink(head.SerializeAsString()));
  }
  const Copy copy(env, subjects, slots);
  for (std::string after;;) {
    MT_TRY(const Values values, some_of(env, subjects, after));
    if (values.empty()) return {};
    v1::KeyCopy piece;
    for (const auto& [subject, value] : values) {
      MT_TRY(*piece.add_subjects(), copy.of(subject, value));
    }
    MT_CHECK_OK(sink(piece.SerializeAsString()));
    after = values.back().first;
  }
}

Result<void> put_subject_keys(std::string_view copy, KvEnv& env, KeySlots& slots) {
  if (copy.size() > kLongestCopy) {
    return Error{Code::kResourceExhausted, "the copy of keys has " + std::to_string(copy.size()) +
                                               " bytes, and one of up to " +
                                               std::to_string(kLongestCopy) + " can be read"};
  }
  v1::KeyCopy kept;
  if (!kept.ParseFromArray(copy.data(), static_cast<int>(copy.size())))
    return data_loss("this is no copy of keys");
  MT_TRY(const StoreId subjects, env.open(key_stores::kSubjects));
  MT_TRY(const StoreId modules, env.open(key_stores::kModules));
  MT_TRY(const StoreId state, env.open(key_stores::kState));
  std::vector<std::string> wrapped;
  for (const v1::SubjectKey& key : kept.subjects()) {
    if (key.wrapped().empty()) continue;
    if (key.wrapped().size() != KeySlots::kSlotBytes)
      return data_loss("the copy of the key of " + key.subject() + " has " +
                       std::to_string(key.wrapped().size()) + " bytes");
    wrapped.push_back(key.wrapped());
  }
  std::uint64_t slot = 0;
  if (!wrapped.empty()) {
    MT_TRY(slot, slots.append(wrapped));
  }
  return env.write([&](KvWriter& kv) -> Result<void> {
    std::uint64_t erased = 0;
    for (const v1::SubjectKey& key : kept.subjects()) {
      SubjectEntry entry;
      if (key.wrapped().empty()) {
        entry.stage = SubjectEntry::Stage::kErased;
        entry.erased = Time(std::chrono::nanoseconds(key.erased_ns()));
        ++erased;
      } else {
        entry.slot = slot++;
      }
      kv.put(subjects, key.subject(), entry.bytes());
    }
    for (const v1::ModuleKey& key : kept.modules()) kv.put(modules, key.module(), key.wrapped());
    if (!kept.master_fingerprint().empty())
      kv.put(state, key_stores::kFingerprint, kept.master_fingerprint());
    if (erased > 0) kv.put(state, key_stores::kErasedCount, u64_bytes(erased));
    return {};
  });
}

}  // namespace mt
