#include "actors/upgrade_check.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "actors/stream_folds.h"
#include "events/memory/memory_kv.h"
#include "events/memory/memory_stores.h"
#include "projections/fold.h"

namespace mt {
namespace {

constexpr std::uint64_t kSampleParts = 1'000'000;
constexpr std::uint64_t kRecordsBetweenMeasures = 4096;

// Whether a kind of events can be read, asked once.
class Kinds {
 public:
  explicit Kinds(const Module& module) : types_(module.event_types()), module_(module) {}

  const Result<void>& can_read(const StoredEvent& event) {
    EventKind kind{event.type, event.schema};
    const auto found = answers_.find(kind);
    if (found != answers_.end()) return found->second;
    Result<void> answer = types_.can_read(kind, module_.upcasters());
    return answers_.emplace(std::move(kind), std::move(answer)).first->second;
  }

  // Of a kind that can be read.
  Result<void> parse(const StoredEvent& newest) {
    std::unique_ptr<Message>& message = messages_[newest.type];
    if (!message) {
      const auto* type = types_.find(newest.type)->message;
      message.reset(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
    }
    if (message->ParseFromString(newest.payload)) return {};
    return data_loss("the payload of event " + newest.type + " does not parse");
  }

 private:
  const EventTypes types_;
  const Module& module_;
  std::map<EventKind, Result<void>> answers_;
  std::map<std::string, std::unique_ptr<Message>> messages_;
};

// A table's rows, folded aside.
struct TableFold {
  std::shared_ptr<Projection> projection;
  std::unique_ptr<MemoryStores> rows = std::make_unique<MemoryStores>();

  std::string part() const { return "table " + projection->table().name(); }
  std::size_t bytes() const {
    std::size_t bytes = 0;
    for (const StoreId store : projection->table().stores()) bytes += rows->entries(store).bytes();
    return bytes;
  }
};

class UpgradeCheck {
 public:
  UpgradeCheck(const Module& module, const EventLog& log, const UpgradeCheckLimits& limits,
               const OnFold& progress)
      : module_(module), log_(log), limits_(limits), progress_(progress), kinds_(module) {
    report_.module = module.name();
    report_.head = log.head(module.name());
    sampled_ = static_cast<std::uint64_t>(std::clamp(limits.sample, 0.0, 1.0) * kSampleParts);
  }

  Result<CheckedUpgrade> run() {
    MT_CHECK_OK(bind_tables());
    for (const auto& projection : module_.projections()) tables_.push_back({projection});
    // A log has no more streams than events; those of a longer one are counted first.
    const bool fits = report_.head.value <= limits_.states;
    if (fits) streams_ = std::make_unique<StreamFolds>(module_.entities(), 1, 0);
    const FoldMeter whole(module_.name().value, report_.head, progress_);
    MT_CHECK_OK(pass());
    const std::uint64_t shares = fits ? 1 : report_.streams / limits_.states + 1;
    for (std::uint64_t share = fits ? 1 : 0; share < shares || !postponed_.empty(); ++share) {
      begin_further_pass(shares, share);
      MT_CHECK_OK(pass());
    }
    report_.seconds = whole.seconds();
    report_.faults = faults_.all();
    return std::move(report_);
  }

 private:
  // Only their names are needed of the stores: the rows are kept aside.
  Result<void> bind_tables() {
    for (const auto& projection : module_.projections()) {
      MT_TRY(auto stores, projection->table().open(names_, projection->version()));
      projection->table().bind(std::move(stores));
    }
    return {};
  }

  void begin_further_pass(std::uint64_t shares, std::uint64_t share) {
    streams_.reset();
    if (share < shares) streams_ = std::make_unique<StreamFolds>(module_.entities(), shares, share);
    tables_.clear();
    if (postponed_.empty()) return;
    tables_.push_back({std::move(postponed_.front())});
    postponed_.pop_front();
  }

  Result<void> pass() {
    is_first_ = ++report_.passes == 1;
    const std::string number = is_first_ ? "" : ", pass " + std::to_string(report_.passes);
    FoldMeter meter(module_.name().value + number, report_.head, progress_);
    Position reached;
    Result<void> outcome;
    const auto scanned = log_.scan(module_.name(), {1}, [&](const CommitRecord& record) {
      if (record.first > report_.head) return Scan::kStop;
      take(record);
      reached = record.last();
      outcome = meter.at(reached);
      return outcome ? Scan::kGoOn : Scan::kStop;
    });
    MT_CHECK_OK(outcome);
    if (!scanned) report_.damage = scanned.error().message;
    meter.finish(reached);
    return {};
  }

  void take(const CommitRecord& record) {
    const std::uint64_t hash = std::hash<StreamId>()(record.commit.stream);
    const bool in_sample = hash % kSampleParts < sampled_;
    if (is_first_) {
      report_.events += record.commit.events.size();
      if (in_sample) report_.folded += record.commit.events.size();
      if (in_sample && record.commit.expected.value == 0) ++report_.streams;
    }
    for (std::size_t i = 0; i < record.commit.events.size(); ++i) {
      const std::optional<StoredEvent> newest = read(record, i, in_sample);
      if (newest) fold(record, i, hash / kSampleParts, *newest);
    }
    if (++records_ % kRecordsBetweenMeasures == 0) keep_within_limits();
  }

  // None when it is not to be folded, be it that it cannot be read.
  std::optional<StoredEvent> read(const CommitRecord& record, std::size_t index, bool in_sample) {
    const StoredEvent& event = record.commit.events[index];
    Result<void> outcome = kinds_.can_read(event);
    std::optional<StoredEvent> newest;
    if (outcome && in_sample) {
      Result<StoredEvent> raised = module_.upcasters().upcast(event);
      outcome = raised ? kinds_.parse(*raised) : Result<void>(raised.error());
      if (outcome) newest = *std::move(raised);
    }
    if (!outcome && is_first_) note("event", record, index, outcome.error());
    return newest;
  }

  void fold(const CommitRecord& record, std::size_t index, std::uint64_t hash,
            const StoredEvent& newest) {
    const Commit& commit = record.commit;
    const EventMeta meta{record.first + index, commit.expected + (index + 1),
                         commit.stream,        record.time,
                         commit.origin,        commit.command.id};
    for (TableFold& table : tables_) {
      ApplyWriter writer(*table.rows, StoreRoutes::none(), nullptr);
      const auto applied = apply_newest(newest, meta, *table.projection, writer);
      if (!applied) note(table.part(), record, index, applied.error());
    }
    if (!streams_) return;
    const auto evolved = streams_->evolve(commit.stream, hash, newest);
    if (!evolved) note("entity " + commit.stream.category, record, index, evolved.error());
  }

  void note(const std::string& part, const CommitRecord& record, std::size_t index,
            const Error& why) {
    const StoredEvent& event = record.commit.events[index];
    faults_.add(part, {event.type, event.schema}, record.first + index, why);
  }

  // The largest table has a pass of its own later.
  void keep_within_limits() {
    std::size_t bytes = 0;
    for (const TableFold& table : tables_) bytes += table.bytes();
    if (bytes <= limits_.table_bytes || tables_.size() < 2) return;
    const auto largest = std::ranges::max_element(tables_, {}, &TableFold::bytes);
    faults_.forget(largest->part());
    postponed_.push_back(std::move(largest->projection));
    tables_.erase(largest);
  }

  const Module& module_;
  const EventLog& log_;
  const UpgradeCheckLimits& limits_;
  const OnFold& progress_;
  std::uint64_t sampled_ = 0;  // of kSampleParts
  CheckedUpgrade report_;
  UpgradeFaults faults_;
  Kinds kinds_;
  MemoryKv names_;
  bool is_first_ = true;
  std::uint64_t records_ = 0;

  // Of the pass that is under way.
  std::vector<TableFold> tables_;
  std::unique_ptr<StreamFolds> streams_;  // none: of no entity
  // Tables that are folded later.
  std::deque<std::shared_ptr<Projection>> postponed_;
};

}  // namespace

Result<CheckedUpgrade> check_upgrade(const Module& module, const EventLog& log,
                                     const UpgradeCheckLimits& limits, const OnFold& progress) {
  UpgradeCheck check(module, log, limits, progress);
  return check.run();
}

}  // namespace mt
