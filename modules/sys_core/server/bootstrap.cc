#include "modules/sys_core/server/bootstrap.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "modules/sys_core/server/bootstrap_set.h"
#include "modules/sys_core/server/set_sender.h"
#include "sys/core/v1/core.pb.h"

namespace mt::sys_core {
namespace {

using Clock = std::chrono::steady_clock;

v1::BootstrapSet to_proto(const DataSet& set) {
  v1::BootstrapSet shown;
  shown.set_module(set.module.value);
  shown.set_name(set.name);
  shown.set_title(set.title);
  shown.set_attribution(set.attribution);
  shown.set_demo(set.demo);
  shown.set_commands(set.commands);
  for (const std::string& need : set.needs) shown.add_needs(need);
  shown.set_broken(set.broken);
  return shown;
}

// The sets of the node and what is known of their application.
class Sets {
 public:
  Sets(const Deps& deps, std::shared_ptr<BootstrapSets> applied)
      : deps_(deps), applied_(std::move(applied)) {}

  // FAILED_PRECONDITION when its file cannot be used.
  Result<DataSet> find(const std::string& module, const std::string& name) const {
    MT_TRY(std::vector<DataSet> sets, deps_.node.data_sets().list());
    for (DataSet& set : sets) {
      if (set.module.value != module || set.name != name) continue;
      if (!set.broken.empty()) return failed_precondition(set.broken);
      return std::move(set);
    }
    return not_found("there is no bootstrap set '" + module + "/" + name +
                     "'; ListSets names those there are");
  }

  using Row = std::optional<v1::BootstrapSetRow>;

  // Of each set the row of its last application, if there was one.
  Result<std::vector<Row>> rows(const std::vector<DataSet>& sets) const {
    return deps_.node.tables().read([&](const KvReader& kv) {
      std::vector<Row> rows;
      for (const DataSet& set : sets)
        rows.push_back(applied_->find(kv, set.module.value, set.name));
      return rows;
    });
  }

  // Whether the set's file is still the one that was applied.
  Result<bool> is_in(const DataSet& set, const Row& row) const {
    if (!row) return false;
    MT_TRY(const std::string fingerprint, deps_.node.data_sets().fingerprint(set.module, set.name));
    return row->fingerprint() == fingerprint;
  }
  Result<bool> is_in(const DataSet& set) const {
    MT_TRY(const std::vector<Row> found, rows({set}));
    return is_in(set, found.front());
  }

  Result<void> check_needs(const DataSet& set) const {
    return deps_.node.tables().read([&](const KvReader& kv) -> Result<void> {
      for (const std::string& need : set.needs) {
        const std::size_t slash = need.find('/');
        if (applied_->find(kv, need.substr(0, slash), need.substr(slash + 1))) continue;
        return failed_precondition("bootstrap set " + set.module.value + "/" + set.name +
                                   " needs " + need + "; apply that first");
      }
      return {};
    });
  }

  const Deps& deps() const { return deps_; }

 private:
  const Deps& deps_;
  std::shared_ptr<BootstrapSets> applied_;
};

Result<v1::ListSetsResponse> list(const Sets& sets) {
  MT_TRY(const std::vector<DataSet> found, sets.deps().node.data_sets().list());
  MT_TRY(const auto rows, sets.rows(found));
  v1::ListSetsResponse response;
  for (std::size_t i = 0; i < found.size(); ++i) {
    v1::BootstrapSet& shown = *response.add_sets();
    shown = to_proto(found[i]);
    if (!found[i].broken.empty()) continue;
    MT_TRY(const bool in, sets.is_in(found[i], rows[i]));
    if (in) *shown.mutable_applied() = rows[i]->applied();
  }
  return response;
}

// Which commands are in. Looks at a view of the derived state for a number of look-ups, then takes
// another: a set may have a hundred thousand, and a view held for long keeps old pages in use.
class KnownCommands {
 public:
  explicit KnownCommands(const Derived& derived) : derived_(derived) {}

  Result<bool> contain(const ModuleName& module, const CommandId& id) {
    if (lookups_++ % kLookupsOfAView == 0) view_ = derived_.view();
    const bool known = view_->command(module, id).has_value();
    MT_CHECK_OK(view_->status());
    return known;
  }

 private:
  static constexpr std::uint64_t kLookupsOfAView = 4096;

  const Derived& derived_;
  std::unique_ptr<DerivedView> view_;
  std::uint64_t lookups_ = 0;
};

Result<v1::PlanSetResponse> plan(const Sets& sets, const v1::PlanSetRequest& request) {
  MT_TRY(const DataSet set, sets.find(request.module(), request.set()));
  v1::PlanSetResponse response;
  *response.mutable_set() = to_proto(set);
  const Deps& deps = sets.deps();
  KnownCommands applied(deps.node.derived());
  MT_CHECK_OK(deps.node.data_sets().read(
      set.module, set.name, [&](const DataSetCommand& command) -> Result<void> {
        const Method* method = deps.dispatcher.find(command.method);
        const CommandId id{bootstrap_command_id(set.module, set.name, command.id)};
        bool known = false;
        if (method != nullptr) {
          MT_TRY(known, applied.contain(method->module, id));
        }
        if (known) {
          response.set_already_applied(response.already_applied() + 1);
        } else {
          response.set_to_apply(response.to_apply() + 1);
        }
        return {};
      }));
  return response;
}

// Tells the caller how far the sending is, about ten times a second.
class ProgressReporter {
 public:
  ProgressReporter(ReplyStream& stream, std::uint64_t total) : stream_(stream), total_(total) {}

  // CANCELLED when the caller has left: the commands sent so far stand, the rest is not sent.
  Result<void> report(const SendCounts& counts) {
    const auto now = Clock::now();
    if (now - last_ < std::chrono::milliseconds(100)) return {};
    last_ = now;
    if (stream_.write_if_ready(progress(counts))) return {};
    return Error{Code::kCancelled,
                 "the caller left; what was sent stands, apply again for the rest"};
  }

  void report_done(const SendCounts& counts) {
    v1::ApplySetProgress last = progress(counts);
    last.set_done(true);
    stream_.write_when_ready(last);
  }

 private:
  v1::ApplySetProgress progress(const SendCounts& counts) const {
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    v1::ApplySetProgress progress;
    progress.set_sent(counts.sent);
    progress.set_total(total_);
    progress.set_applied(counts.applied);
    progress.set_already_applied(counts.already_applied);
    progress.set_refused(counts.refused);
    progress.set_first_refusal(counts.first_refusal);
    progress.set_seconds(seconds);
    if (seconds > 0 && counts.sent > 0) {
      const double rate = static_cast<double>(counts.sent) / seconds;
      progress.set_commands_per_second(rate);
      progress.set_seconds_left(static_cast<double>(total_ - std::min(total_, counts.sent)) / rate);
    }
    return progress;
  }

  ReplyStream& stream_;
  std::uint64_t total_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
};

Result<void> record_applied(const Deps& deps, const DataSet& set, std::string fingerprint,
                            const std::shared_ptr<const CallContext>& call) {
  auto command = std::make_shared<v1::BootstrapSetCommand>();
  v1::RecordSetApplied& record = *command->mutable_record_applied();
  record.set_module(set.module.value);
  record.set_set(set.name);
  record.set_fingerprint(std::move(fingerprint));
  record.set_commands(set.commands);
  MT_TRY(const Reply ignored,
         deps.commands->send_and_wait(entity_type<BootstrapSet>(),
                                      set.module.value + "." + set.name, command, call));
  (void)ignored;
  return {};
}

Result<void> apply(const Sets& sets, const v1::ApplySetRequest& request,
                   const std::shared_ptr<const CallContext>& call, ReplyStream& stream) {
  const Deps& deps = sets.deps();
  MT_TRY(const DataSet set, sets.find(request.module(), request.set()));
  ProgressReporter reporter(stream, set.commands);
  MT_TRY(const bool in, sets.is_in(set));
  if (in) {
    SendCounts counts;
    counts.already_applied = set.commands;
    reporter.report_done(counts);
    return {};
  }
  MT_CHECK_OK(sets.check_needs(set));
  // Taken before the commands are read: a file that changes meanwhile is applied again next time.
  MT_TRY(std::string fingerprint, deps.node.data_sets().fingerprint(set.module, set.name));
  SetSender sender(deps.dispatcher, bootstrap_command_id(set.module, set.name, ""),
                   deps.config_as<v1::Config>().bootstrap_window());
  MT_CHECK_OK(deps.node.data_sets().read(set.module, set.name,
                                         [&](const DataSetCommand& command) -> Result<void> {
                                           MT_CHECK_OK(sender.send(command));
                                           return reporter.report(sender.counts());
                                         }));
  MT_CHECK_OK(sender.finish());
  const SendCounts counts = sender.counts();
  if (counts.refused == 0) {
    MT_CHECK_OK(record_applied(deps, set, std::move(fingerprint), call));
  }
  reporter.report_done(counts);
  return {};
}

}  // namespace

Result<void> bind_bootstrap(Api& api, const Deps& deps,
                            const std::shared_ptr<BootstrapSets>& applied) {
  const auto sets = std::make_shared<const Sets>(deps, applied);
  using Call = std::shared_ptr<const CallContext>;
  MT_CHECK_OK(api.task("ListSets",
                       [sets](const v1::ListSetsRequest&, const Call&) { return list(*sets); }));
  MT_CHECK_OK(api.task("PlanSet", [sets](const v1::PlanSetRequest& request, const Call&) {
    return plan(*sets, request);
  }));
  return api.watch<v1::ApplySetProgress>(
      "ApplySet", [sets](const v1::ApplySetRequest& request, const Call& call,
                         ReplyStream& stream) { return apply(*sets, request, call, stream); });
}

}  // namespace mt::sys_core
