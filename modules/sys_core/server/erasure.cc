#include "modules/sys_core/server/erasure.h"

#include <optional>
#include <string>
#include <utility>

#include "events/crypto/blake2b.h"
#include "modules/sys_core/messages/times.h"
#include "modules/sys_core/server/erasure_record.h"

namespace mt::sys_core {
namespace {

using Call = std::shared_ptr<const CallContext>;

v1::EraseProgress to_proto(const FoldProgress& fold) {
  v1::EraseProgress progress;
  progress.set_what(fold.what);
  progress.set_position(fold.position.value);
  progress.set_head(fold.head.value);
  progress.set_events_per_second(fold.events_per_second);
  progress.set_seconds_left(fold.seconds_left());
  return progress;
}

v1::ErasureReceipt receipt_of(const Erasure& erasure) {
  v1::ErasureReceipt receipt;
  receipt.set_subject(erasure.subject);
  *receipt.mutable_erased() = timestamp_of(erasure.time);
  for (const Erasure::Events& in_module : erasure.events) {
    v1::ErasedEvents& events = *receipt.add_events();
    events.set_module(in_module.module.value);
    for (const Position at : in_module.sealed) events.add_positions(at.value);
    for (const Position at : in_module.in_clear) events.add_in_clear(at.value);
  }
  for (const FoldReport& fold : erasure.tables) {
    v1::RebuiltTable& table = *receipt.add_tables();
    table.set_table(fold.table);
    table.set_position(fold.position.value);
    table.set_rows(fold.rows);
    table.set_hash(to_hex(fold.table_hash));
  }
  receipt.set_hash(to_hex(blake2b_256({receipt.SerializeAsString()})));
  return receipt;
}

// The receipt of a subject that is erased and was seen to the end. After a restore of older keys it
// would be there, and the key too.
Result<std::optional<v1::ErasureReceipt>> known_receipt(const Deps& deps, const Erasures& erasures,
                                                        const std::string& subject) {
  MT_TRY(const SubjectKeys::State state, deps.node.personal().keys().state(subject));
  if (state != SubjectKeys::State::kErased) return std::optional<v1::ErasureReceipt>();
  MT_TRY(const auto row,
         deps.node.tables().read([&](const KvReader& kv) { return erasures.find(kv, subject); }));
  if (!row) return std::optional<v1::ErasureReceipt>();
  return std::optional(row->receipt());
}

Result<void> record(const Deps& deps, const v1::ErasureReceipt& receipt, const Call& call) {
  auto command = std::make_shared<v1::ErasureCommand>();
  *command->mutable_record()->mutable_receipt() = receipt;
  MT_TRY(const Reply ignored, deps.commands->send_and_wait(entity_type<ErasureRecord>(),
                                                           receipt.subject(), command, call));
  (void)ignored;
  return {};
}

Result<void> erase(const Deps& deps, const Erasures& erasures, const std::string& subject,
                   const Call& call, ReplyStream& stream) {
  v1::EraseProgress last;
  last.set_done(true);
  MT_TRY(const auto known, known_receipt(deps, erasures, subject));
  if (known) {
    *last.mutable_receipt() = *known;
    last.set_repeated(true);
  } else {
    MT_TRY(const Erasure erasure, deps.node.erase(subject, [&stream](const FoldProgress& fold) {
      return stream.write_if_ready(to_proto(fold));
    }));
    *last.mutable_receipt() = receipt_of(erasure);
    MT_CHECK_OK(record(deps, last.receipt(), call));
  }
  stream.write_when_ready(last);
  return {};
}

}  // namespace

Result<void> bind_erasure(Api& api, const Deps& deps, const std::shared_ptr<Erasures>& erasures) {
  MT_CHECK_OK(api.watch<v1::EraseProgress>(
      "EraseSubject", [&deps, erasures](const v1::EraseSubjectRequest& request, const Call& call,
                                        ReplyStream& stream) {
        return erase(deps, *erasures, request.subject(), call, stream);
      }));
  return api.query("ListErasures",
                   [erasures](const v1::ListErasuresRequest& request, const Query& query) {
                     return erasures->list(request, query.tables);
                   });
}

}  // namespace mt::sys_core
