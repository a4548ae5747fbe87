#include "modules/sys_core/server/erasures.h"

#include <utility>

namespace mt::sys_core {

void Erasures::apply(const v1::ErasureEvent& event, const EventMeta& meta, KvWriter& kv) {
  switch (event.event_case()) {
    case v1::ErasureEvent::kErased: {
      v1::ErasureRow row;
      *row.mutable_receipt() = event.erased().receipt();
      row.set_erased_by(meta.origin.actor);
      rows_.put(kv, row);
      break;
    }
    case v1::ErasureEvent::EVENT_NOT_SET:
      break;
  }
}

std::optional<v1::ErasureRow> Erasures::find(const KvReader& kv, std::string_view subject) const {
  return rows_.get(kv, Key().text(subject));
}

Result<v1::ListErasuresResponse> Erasures::list(const v1::ListErasuresRequest& request,
                                                const KvReader& kv) const {
  const PageRequest wanted{request.page_size(), request.page_token(),
                           query_fingerprint("sys.core.v1.ErasureService/ListErasures", {})};
  MT_TRY(auto page, rows_.page(kv, "", "", wanted));
  v1::ListErasuresResponse response;
  for (const v1::ErasureRow& row : page.rows) *response.add_receipts() = row.receipt();
  response.set_next_page_token(std::move(page.next_token));
  return response;
}

}  // namespace mt::sys_core
