#include "ops/runtime/demo.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "ops/runtime/in_process.h"
#include "ops/terminal/progress_bar.h"
#include "sys/core/v1/core.pb.h"

namespace mt {
namespace {

namespace core = ::sys::core::v1;

constexpr const char* kList = "sys.core.v1.BootstrapService/ListSets";
constexpr const char* kApply = "sys.core.v1.BootstrapService/ApplySet";

// The receiving end of ApplySet: keeps the last report for the thread that shows it.
class ApplyStream final : public ReplyStream {
 public:
  explicit ApplyStream(const StopSignals& signals) : signals_(signals) {}

  bool write(const Message& message) override {
    const std::lock_guard lock(mutex_);
    last_.CopyFrom(message);
    is_new_ = true;
    changed_.notify_all();
    return is_open();
  }
  bool write_when_ready(const Message& message) override { return write(message); }
  bool is_open() const override { return !signals_.requested(); }

  void finish(Result<void> outcome) override {
    const std::lock_guard lock(mutex_);
    outcome_ = std::move(outcome);
    changed_.notify_all();
  }

  // Calls `show` with each report that it gets hold of, until the stream has ended.
  Result<core::ApplySetProgress> follow(
      const std::function<void(const core::ApplySetProgress&)>& show) {
    std::unique_lock lock(mutex_);
    while (!outcome_) {
      changed_.wait(lock, [this] { return is_new_ || outcome_; });
      if (std::exchange(is_new_, false)) show(last_);
    }
    if (!*outcome_) return outcome_->error();
    return last_;
  }

 private:
  const StopSignals& signals_;
  std::mutex mutex_;
  std::condition_variable changed_;
  core::ApplySetProgress last_;
  bool is_new_ = false;
  std::optional<Result<void>> outcome_;
};

std::uint64_t events_in(Node& node) {
  std::uint64_t events = 0;
  for (const ModuleInfo& module : node.control().modules()) events += module.log_head.value;
  return events;
}

Progress to_progress(const std::string& label, const core::ApplySetProgress& report) {
  return {label, report.sent(), report.total(), report.commands_per_second(),
          report.seconds_left()};
}

Result<void> apply(Node& node, const core::BootstrapSet& set, const StopSignals& signals) {
  const std::string name = set.module() + "/" + set.name();
  core::ApplySetRequest request;
  request.set_module(set.module());
  request.set_set(set.name());
  const auto stream = std::make_shared<ApplyStream>(signals);
  node.dispatcher().watch(as_system(kApply), request.SerializeAsString(), stream);
  ProgressBar bar;
  auto outcome = stream->follow([&](const auto& report) { bar.show(to_progress(name, report)); });
  if (!outcome) return Error{outcome.error().code, name + ": " + outcome.error().message};
  if (outcome->refused() > 0)
    return failed_precondition(name + ": " + std::to_string(outcome->refused()) +
                               " commands were refused, the first one in " +
                               outcome->first_refusal());
  return {};
}

// True when the fault lies in the set alone, so that others can be applied nevertheless.
bool is_of_the_set(Code code) {
  return code == Code::kFailedPrecondition || code == Code::kInvalidArgument;
}

// Of a broken set nobody knows whether it is for the demo: it is told of, too.
Result<void> apply_all(Node& node,
                       const google::protobuf::RepeatedPtrField<core::BootstrapSet>& sets,
                       const StopSignals& signals) {
  std::string failures;
  for (const core::BootstrapSet& set : sets) {
    if (!set.demo() && set.broken().empty()) continue;
    const auto outcome = apply(node, set, signals);
    if (outcome) continue;
    if (!is_of_the_set(outcome.error().code)) return outcome;
    failures += (failures.empty() ? "" : "; ") + outcome.error().message;
  }
  if (failures.empty()) return {};
  return failed_precondition(failures);
}

}  // namespace

Result<DemoReport> apply_demo_sets(Node& node, const StopSignals& signals) {
  if (node.dispatcher().find(kList) == nullptr)
    return failed_precondition("this node does not run sys_core, which applies them");
  const auto begin = std::chrono::steady_clock::now();
  const std::uint64_t before = events_in(node);
  MT_TRY(const auto listed, call_in_process<core::ListSetsResponse>(node.dispatcher(), kList,
                                                                    core::ListSetsRequest()));
  MT_CHECK_OK(apply_all(node, listed.sets(), signals));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return DemoReport{events_in(node) - before, took.count()};
}

}  // namespace mt
