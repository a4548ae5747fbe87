#include "modules/sys_accounts/server/credentials.h"

namespace mt::sys_accounts {

void Credentials::apply(const v1::AccountEvent& event, const EventMeta& meta, KvWriter& kv) {
  switch (event.event_case()) {
    case v1::AccountEvent::kRegistered: {
      v1::CredentialRow row;
      row.set_account_id(meta.stream.id);
      row.set_password_hash(event.registered().password_hash());
      rows_.put(kv, row);
      break;
    }
    case v1::AccountEvent::kGranted:
    case v1::AccountEvent::kRevoked:
    case v1::AccountEvent::EVENT_NOT_SET:
      break;
  }
}

std::string Credentials::password_hash(const KvReader& kv, std::string_view account_id) const {
  return rows_.get(kv, account_id).value_or(v1::CredentialRow()).password_hash();
}

}  // namespace mt::sys_accounts
