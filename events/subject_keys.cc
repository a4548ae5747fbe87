#include "events/subject_keys.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "events/base/check.h"
#include "events/byte_order.h"
#include "events/crypto/blake2b.h"
#include "events/subject_entry.h"

namespace mt {
namespace {

static_assert(KeySlots::kSlotBytes == SecretKey::kBytes + kSealBytes);

std::string bound_to(std::string_view kind, std::string_view name) {
  return std::string(kind) + '\0' + std::string(name);
}

std::string fingerprint(const SecretKey& master) {
  const Hash hash = blake2b_256_keyed(master.bytes(), {"maintemplate master key"});
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

Error lost(const std::string& subject, const std::string& how) {
  return data_loss("the key of " + subject + " " + how +
                   ", and it was not erased; restore the keys folder, or let its data go with: "
                   "mtctl erase " +
                   subject);
}

Error erased(const std::string& subject) {
  return failed_precondition("the personal data of " + subject +
                             " were erased; nothing is kept of it any more");
}

}  // namespace

// Counts a use as long as it lives.
struct SubjectKeys::Use {
  Use(SubjectKeys& of, std::string whose) : keys(of), subject(std::move(whose)) {}
  ~Use() {
    const std::lock_guard lock(keys.mutex_);
    const auto at = keys.uses_.find(subject);
    if (--at->second == 0) keys.uses_.erase(at);
    keys.used_.notify_all();
  }

  SubjectKeys& keys;
  const std::string subject;
};

Result<std::unique_ptr<SubjectKeys>> SubjectKeys::open(KvEnv& env, KeySlots& slots,
                                                       MasterKey& master) {
  std::unique_ptr<SubjectKeys> keys(new SubjectKeys(env, slots, master));
  MT_CHECK_OK(keys->open_stores());
  MT_CHECK_OK(keys->check_master());
  return keys;
}

Result<void> SubjectKeys::open_stores() {
  MT_TRY(subjects_, env_.open(key_stores::kSubjects));
  MT_TRY(modules_, env_.open(key_stores::kModules));
  MT_TRY(state_, env_.open(key_stores::kState));
  const auto kv = env_.read();
  erased_ = key_stores::number(kv->get(state_, key_stores::kErasedCount));
  return kv->status();
}

// Keys that were never made need no master key.
Result<void> SubjectKeys::check_master() {
  const auto kv = env_.read();
  const auto wanted = kv->get(state_, key_stores::kFingerprint);
  MT_CHECK_OK(kv->status());
  if (!wanted) return {};
  MT_TRY(const auto found, master_place_.find());
  if (!found) {
    return failed_precondition("the keys of personal data were wrapped with a master key, and " +
                               master_place_.place() + " is missing; put it back");
  }
  SecretKey key(*found);
  if (fingerprint(key) != *wanted) {
    return failed_precondition("the master key in " + master_place_.place() +
                               " is not the one that the keys of personal data were wrapped with; "
                               "put that one back");
  }
  master_ = key;
  return {};
}

// Under the lock. At the first need it is made, and known from then on by its fingerprint.
Result<SecretKey> SubjectKeys::master() {
  if (master_) return *master_;
  MT_TRY(auto bytes, master_place_.find());
  if (!bytes) {
    MT_TRY(bytes, master_place_.make());
  }
  const SecretKey key(*bytes);
  MT_CHECK_OK(env_.write([&](KvWriter& kv) -> Result<void> {
    kv.put(state_, key_stores::kFingerprint, fingerprint(key));
    return {};
  }));
  master_ = key;
  return key;
}

Result<std::optional<SubjectEntry>> SubjectKeys::entry_of(const std::string& subject) const {
  const auto kv = env_.read();
  const auto value = kv->get(subjects_, subject);
  MT_CHECK_OK(kv->status());
  if (!value) return std::optional<SubjectEntry>();
  std::optional<SubjectEntry> entry = SubjectEntry::parse(*value);
  if (!entry) return lost(subject, "is damaged");
  return entry;
}

Result<SecretKey> SubjectKeys::unwrap(const std::string& subject, const SubjectEntry& entry) const {
  MT_TRY(const std::string wrapped, slots_.read(entry.slot));
  std::optional<SecretKey> key;
  {
    const std::lock_guard lock(mutex_);
    if (master_) key = open_sealed_key(*master_, wrapped, bound_to("subject", subject));
  }
  if (!key) return lost(subject, "is damaged");
  return *key;
}

Result<SubjectKeys::InUse> SubjectKeys::use(const std::string& subject) {
  if (subject.empty() || subject.size() > kMaxSubjectBytes) {
    return invalid_argument("a subject of personal data has 1 to " +
                            std::to_string(kMaxSubjectBytes) + " bytes; this one has " +
                            std::to_string(subject.size()));
  }
  std::unique_lock lock(mutex_);
  if (erasing_.contains(subject)) return erased(subject);
  if (const auto made = made_.find(subject); made != made_.end()) {
    return in_use(subject, made->second.key);
  }
  MT_TRY(const auto entry, entry_of(subject));
  if (entry && entry->is_erased()) return erased(subject);
  if (!entry) {
    MT_TRY(const SecretKey ignored, master());
    (void)ignored;
    return in_use(subject, made_.emplace(subject, Made{SecretKey::random()}).first->second.key);
  }
  ++uses_[subject];
  lock.unlock();
  const auto lease = std::make_shared<Use>(*this, subject);
  MT_TRY(SecretKey key, unwrap(subject, *entry));
  return InUse{key, lease};
}

// Under the lock.
Result<SubjectKeys::InUse> SubjectKeys::in_use(const std::string& subject, SecretKey key) {
  ++uses_[subject];
  return InUse{key, std::make_shared<Use>(*this, subject)};
}

Result<void> SubjectKeys::flush() {
  {
    const std::lock_guard lock(mutex_);
    if (made_.empty()) return {};
  }
  const std::lock_guard writing(writing_);
  MT_CHECK_OK(give_slots());
  std::map<std::string, std::uint64_t> kept;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [subject, made] : made_) {
      if (made.slot) kept.emplace(subject, *made.slot);
    }
  }
  MT_CHECK_OK(env_.write([&](KvWriter& kv) -> Result<void> {
    for (const auto& [subject, slot] : kept) {
      kv.put(subjects_, subject, SubjectEntry{SubjectEntry::Stage::kLive, slot, {}}.bytes());
    }
    return {};
  }));
  const std::lock_guard lock(mutex_);
  for (const auto& [subject, slot] : kept) made_.erase(subject);
  return {};
}

// A key has one slot only, also when the store could not be told of it: a second one would be
// forgotten when the key is destroyed.
Result<void> SubjectKeys::give_slots() {
  std::vector<std::string> subjects;
  std::vector<std::string> wrapped;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [subject, made] : made_) {
      if (made.slot) continue;
      subjects.push_back(subject);
      wrapped.push_back(seal(*master_, made.key.bytes(), bound_to("subject", subject)));
    }
  }
  if (wrapped.empty()) return {};
  MT_TRY(const std::uint64_t first, slots_.append(wrapped));
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < subjects.size(); ++i) made_.at(subjects[i]).slot = first + i;
  return {};
}

Result<std::optional<SecretKey>> SubjectKeys::find(const std::string& subject) const {
  MT_TRY(const auto entry, entry_of(subject));
  if (!entry) {
    // Made and not kept yet: nothing that was sealed with it is in a log.
    return lost(subject, "is not in the keys folder");
  }
  if (entry->is_erased()) return std::optional<SecretKey>();
  MT_TRY(SecretKey key, unwrap(subject, *entry));
  return std::optional<SecretKey>(key);
}

Result<bool> SubjectKeys::is_erased(const std::string& subject) const {
  if (!has_erased()) return false;
  MT_TRY(const auto entry, entry_of(subject));
  return entry && entry->is_erased();
}

Result<SubjectKeys::State> SubjectKeys::state(const std::string& subject) const {
  {
    const std::lock_guard lock(mutex_);
    if (made_.contains(subject)) return State::kLive;
  }
  MT_TRY(const auto entry, entry_of(subject));
  if (!entry) return State::kUnknown;
  return entry->is_erased() ? State::kErased : State::kLive;
}

Result<Time> SubjectKeys::erase(const std::string& subject, Time now,
                                std::chrono::milliseconds patience) {
  Result<SubjectEntry> entry = SubjectEntry{};
  {
    const std::lock_guard writing(writing_);
    {
      const std::lock_guard lock(mutex_);
      erasing_.insert(subject);
    }
    entry = mark(subject, now);
    {
      const std::lock_guard lock(mutex_);
      if (entry) made_.erase(subject);
      erasing_.erase(subject);
    }
    if (!entry) return std::move(entry).error();
    MT_CHECK_OK(destroy(subject, *entry));
  }
  MT_CHECK_OK(wait_for_uses(subject, patience));
  return entry->erased;
}

// From here on the subject is erased, whatever happens. A damaged value is nothing to keep.
Result<SubjectEntry> SubjectKeys::mark(const std::string& subject, Time now) {
  std::optional<std::uint64_t> slot;
  {
    const std::lock_guard lock(mutex_);
    if (const auto made = made_.find(subject); made != made_.end()) slot = made->second.slot;
  }
  SubjectEntry entry;
  MT_CHECK_OK(env_.write([&](KvWriter& kv) -> Result<void> {
    const auto value = kv.get(subjects_, subject);
    const auto known = value ? SubjectEntry::parse(*value) : std::nullopt;
    if (known && known->is_erased()) {
      entry = *known;
      return {};
    }
    if (known) slot = known->slot;
    entry = {slot ? SubjectEntry::Stage::kErasing : SubjectEntry::Stage::kErased, slot.value_or(0),
             now};
    kv.put(subjects_, subject, entry.bytes());
    kv.put(state_, key_stores::kErasedCount,
           u64_bytes(key_stores::number(kv.get(state_, key_stores::kErasedCount)) + 1));
    return {};
  }));
  erased_ = std::max<std::uint64_t>(erased_, 1);
  return entry;
}

Result<void> SubjectKeys::destroy(const std::string& subject, const SubjectEntry& entry) {
  if (entry.stage == SubjectEntry::Stage::kErased) return {};
  MT_CHECK_OK(slots_.wipe(entry.slot));
  return env_.write([&](KvWriter& kv) -> Result<void> {
    kv.put(subjects_, subject, SubjectEntry{SubjectEntry::Stage::kErased, 0, entry.erased}.bytes());
    return {};
  });
}

Result<void> SubjectKeys::wait_for_uses(const std::string& subject,
                                        std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  if (used_.wait_for(lock, patience, [&] { return !uses_.contains(subject); })) return {};
  return unavailable("the key of " + subject +
                     " is destroyed, but commands that were decided before are still on their way "
                     "to the log; run the erase again");
}

Result<SecretKey> SubjectKeys::module_key(const ModuleName& module) {
  const std::string bound = bound_to("module", module.value);
  const std::lock_guard writing(writing_);
  const std::lock_guard lock(mutex_);
  {
    const auto kv = env_.read();
    const auto wrapped = kv->get(modules_, module.value);
    MT_CHECK_OK(kv->status());
    if (wrapped) {
      const auto key = master_ ? open_sealed_key(*master_, *wrapped, bound) : std::nullopt;
      if (key) return *key;
      return data_loss("the key of module " + module.value +
                       " is damaged; restore the keys folder from a backup");
    }
  }
  MT_TRY(const SecretKey master_key, master());
  const SecretKey key = SecretKey::random();
  MT_CHECK_OK(env_.write([&](KvWriter& kv) -> Result<void> {
    kv.put(modules_, module.value, seal(master_key, key.bytes(), bound));
    return {};
  }));
  return key;
}

}  // namespace mt
