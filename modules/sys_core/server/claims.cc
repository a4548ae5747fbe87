#include "modules/sys_core/server/claims.h"

#include <cstddef>
#include <memory>
#include <string>

#include "modules/sys_core/server/module_named.h"
#include "projections/page.h"
#include "sys/core/v1/claims.pb.h"

namespace mt::sys_core {
namespace {

namespace v1 = ::sys::core::v1;

v1::ClaimHeld to_proto(const HeldClaim& held) {
  v1::ClaimHeld claim;
  claim.set_scope(held.claim.scope);
  claim.set_value(held.claim.value);
  claim.set_stream(to_string(held.holder));
  claim.set_since(held.since.value);
  return claim;
}

Result<v1::GetClaimResponse> claim_of(const Deps& deps, const v1::GetClaimRequest& request) {
  MT_TRY(const ModuleInfo module, module_named(deps.node, request.module()));
  const std::unique_ptr<DerivedView> view = deps.node.derived().view();
  const auto held = view->held_claim(
      module.name, deps.node.personal().kept(module.name, {request.scope(), request.value()}));
  v1::GetClaimResponse response;
  response.set_position(view->applied(module.name).value);
  MT_CHECK_OK(view->status());
  if (!held) {
    return not_found("nobody holds this value of scope '" + request.scope() + "' in " +
                     module.name.value + ", up to position " + std::to_string(response.position()));
  }
  *response.mutable_claim() = to_proto(*held);
  return response;
}

// As many as the page takes; one more tells that there are more.
Result<v1::ListClaimsResponse> claims_of(const Deps& deps, const v1::ListClaimsRequest& request) {
  MT_TRY(const ModuleInfo module, module_named(deps.node, request.module()));
  const PageRequest wanted{request.page_size(), request.page_token(),
                           query_fingerprint("sys.core.v1.ClaimService/ListClaims",
                                             {request.module(), request.scope()})};
  std::string last;
  if (!wanted.token.empty()) {
    MT_TRY(last, decode_page_token(wanted.query, wanted.token));
  }
  const std::unique_ptr<DerivedView> view = deps.node.derived().view();
  v1::ListClaimsResponse response;
  std::size_t bytes = 0;
  view->visit_claims(module.name, request.scope(), std::string(last),
                     [&](std::string_view key, const HeldClaim& held) {
                       const auto rows = static_cast<std::size_t>(response.claims_size());
                       if (rows == rows_of_page(wanted) || bytes > kMaxPageBytes) {
                         response.set_next_page_token(encode_page_token(wanted.query, last));
                         return Scan::kStop;
                       }
                       *response.add_claims() = to_proto(held);
                       bytes += held.claim.value.size();
                       last = key;
                       return Scan::kGoOn;
                     });
  response.set_position(view->applied(module.name).value);
  MT_CHECK_OK(view->status());
  return response;
}

}  // namespace

Result<void> bind_claims(Api& api, const Deps& deps) {
  MT_CHECK_OK(api.query("GetClaim", [&deps](const v1::GetClaimRequest& request, const Query&) {
    return claim_of(deps, request);
  }));
  return api.query("ListClaims", [&deps](const v1::ListClaimsRequest& request, const Query&) {
    return claims_of(deps, request);
  });
}

}  // namespace mt::sys_core
