// SubjectKeys: the keys by which personal data are sealed, one a subject (a person, written like
// the stream of their entity, "account/4f2…"), in an environment of their own, each wrapped with
// the master key. To erase a subject is to destroy its key: what the log holds of it stays, and can
// be read by nobody. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "events/base/clock.h"
#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/crypto/sealing.h"
#include "events/key_slots.h"
#include "events/kv.h"

namespace mt {

struct SubjectEntry;

// Where the master key is kept, apart from all that it protects.
class MasterKey {
 public:
  virtual ~MasterKey() = default;
  // None when there is none yet.
  virtual Result<std::optional<std::string>> find() = 0;
  // A new one; ALREADY_EXISTS when there is one by then.
  virtual Result<std::string> make() = 0;
  // For people: "the file …".
  virtual std::string place() const = 0;
};

class SubjectKeys {
 public:
  static constexpr std::size_t kMaxSubjectBytes = 256;

  // `env` says in which slot whose key lies. All references outlive it. FAILED_PRECONDITION naming
  // the place when the master key there is another one than the keys were wrapped with, or is
  // missing.
  static Result<std::unique_ptr<SubjectKeys>> open(KvEnv& env, KeySlots& slots, MasterKey& master);

  // A key and the claim to it: while the lease lives, a commit that was sealed with the key may be
  // on its way to the log.
  // The lease ends before this object does.
  struct InUse {
    SecretKey key;
    std::shared_ptr<void> lease;
  };
  // For sealing. A subject that has no key is given one, which is kept by the next flush().
  // FAILED_PRECONDITION naming the subject when it was erased.
  Result<InUse> use(const std::string& subject);
  // Keeps the keys that were made since, all at once; before the commits that are sealed with
  // them.
  Result<void> flush();

  // For opening. None when the subject was erased; DATA_LOSS when the key is lost: it was neither
  // erased nor is it there.
  Result<std::optional<SecretKey>> find(const std::string& subject) const;
  // Cheap while nobody ever was.
  bool has_erased() const { return erased_.load(std::memory_order_relaxed) > 0; }
  Result<bool> is_erased(const std::string& subject) const;

  enum class State { kUnknown, kLive, kErased };
  Result<State> state(const std::string& subject) const;

  // Destroys the key for good; returns after no commit that was
  // sealed with it is on its way any more. The answer is when that was done: erasing again changes
  // nothing, and finishes what was cut short. UNAVAILABLE when commits are still under way after
  // `patience`.
  Result<Time> erase(const std::string& subject, Time now,
                     std::chrono::milliseconds patience = std::chrono::seconds(30));

  // A key of the module's own, for what is no one subject's; made at its first use.
  Result<SecretKey> module_key(const ModuleName& module);

 private:
  struct Use;
  // A key that the store does not name yet. It has a slot when a flush got no further than that.
  struct Made {
    SecretKey key;
    std::optional<std::uint64_t> slot = {};
  };

  SubjectKeys(KvEnv& env, KeySlots& slots, MasterKey& master)
      : env_(env), slots_(slots), master_place_(master) {}
  Result<void> open_stores();
  Result<void> check_master();
  Result<SecretKey> master();
  Result<std::optional<SubjectEntry>> entry_of(const std::string& subject) const;
  Result<SecretKey> unwrap(const std::string& subject, const SubjectEntry& entry) const;
  Result<InUse> in_use(const std::string& subject, SecretKey key);
  Result<void> give_slots();
  Result<SubjectEntry> mark(const std::string& subject, Time now);
  Result<void> destroy(const std::string& subject, const SubjectEntry& entry);
  Result<void> wait_for_uses(const std::string& subject, std::chrono::milliseconds patience);

  KvEnv& env_;
  KeySlots& slots_;
  MasterKey& master_place_;
  StoreId subjects_, modules_, state_;
  std::atomic<std::uint64_t> erased_ = 0;

  std::mutex writing_;  // of flush and erase, one writes at a time; taken before mutex_
  mutable std::mutex mutex_;
  std::condition_variable used_;
  std::optional<SecretKey> master_;
  std::map<std::string, Made> made_;
  std::map<std::string, std::uint32_t> uses_;
  std::set<std::string> erasing_;
};

}  // namespace mt
