#include "projections/derived_builder.h"

#include "events/base/log.h"
#include "projections/fold.h"

namespace mt {
namespace {

// A record that cannot be read ends it there: the tables are then built as far as that, and whoever
// follows the log says what is wrong with it.
Result<void> fold_anew(KvWriter& kv, const EventLog& log, const DerivedStore& derived,
                       const ModuleName& module, Position applied, FoldMeter& meter) {
  derived.clear(kv, module);
  derived.set_current(kv, module);
  Time newest{};
  if (const auto last = log.at(module, applied)) newest = last->time;
  Result<void> outcome;
  (void)log.scan(module, {1}, [&](const CommitRecord& record) {
    if (record.first > applied) return Scan::kStop;
    derived.apply(kv, module, record, newest);
    outcome = kv.status();
    if (outcome) outcome = meter.at(record.last());
    return outcome ? Scan::kGoOn : Scan::kStop;
  });
  return outcome;
}

}  // namespace

Result<void> bring_current(KvEnv& env, const EventLog& log, const DerivedStore& derived,
                           const ModuleName& module, const OnFold& progress) {
  Position applied;
  {
    const auto kv = env.read();
    const bool current = derived.is_current(*kv, module);
    MT_CHECK_OK(kv->status());
    if (current) return {};
    const auto view = derived.view();
    applied = view->applied(module);
    MT_CHECK_OK(view->status());
  }
  MT_CHECK_OK(check_not_beyond(module, applied, log.head(module)));
  FoldMeter meter(module.value, applied, progress);
  MT_CHECK_OK(
      env.write([&](KvWriter& kv) { return fold_anew(kv, log, derived, module, applied, meter); }));
  // A first start has nothing to tell of.
  if (applied.value == 0) return {};
  meter.finish(applied);
  Logger("projections")
      .info("derived state folded anew",
            {{"module", module.value}, {"position", applied.value}, {"seconds", meter.seconds()}});
  return {};
}

}  // namespace mt
