#include <algorithm>
#include <memory>

#include "ops/mtctl/core_text.h"
#include "ops/mtctl/verbs.h"
#include "ops/terminal/display_width.h"
#include "ops/terminal/number_text.h"
#include "sys/core/v1/claims.pb.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

constexpr std::uint32_t kPage = 1000;

struct Listing {
  core::ListClaimsRequest request;
  std::uint32_t most = kPage;  // 0: all
};

Result<void> show_claim(Session& session, const core::GetClaimRequest& request) {
  MT_TRY(const auto response, session.client.call<core::GetClaimResponse>(
                                  "sys.core.v1.ClaimService/GetClaim", request, session.options));
  if (!session.output.is_table()) {
    session.output.message(response);
    return {};
  }
  session.output.line("holder  " + printable(response.claim().stream()));
  session.output.line("since   position " + std::to_string(response.claim().since()));
  return {};
}

// Page by page, up to so many.
Result<core::ListClaimsResponse> all_claims(Session& session, const Listing& listing) {
  core::ListClaimsRequest request = listing.request;
  core::ListClaimsResponse all;
  do {
    const auto held = static_cast<std::uint32_t>(all.claims_size());
    request.set_page_size(listing.most == 0 ? kPage : std::min(kPage, listing.most - held));
    MT_TRY(auto page, session.client.call<core::ListClaimsResponse>(
                          "sys.core.v1.ClaimService/ListClaims", request, session.options));
    all.mutable_claims()->MergeFrom(page.claims());
    all.set_position(page.position());
    all.set_next_page_token(page.next_page_token());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() &&
           (listing.most == 0 || static_cast<std::uint32_t>(all.claims_size()) < listing.most));
  return all;
}

TextTable claim_table(const Repeated<core::ClaimHeld>& claims) {
  TextTable table({{"SCOPE"}, {"VALUE"}, {"HOLDER"}, {"SINCE", Align::kRight}});
  for (const core::ClaimHeld& claim : claims)
    table.add({claim.scope(), claim.value(), claim.stream(), grouped(claim.since())});
  return table;
}

Result<void> list_claims(Session& session, const Listing& listing) {
  MT_TRY(const auto all, all_claims(session, listing));
  if (!session.output.is_table()) {
    session.output.list(all, all.claims());
  } else if (all.claims_size() > 0) {
    session.output.table(claim_table(all.claims()));
  } else {
    session.output.note("nothing is held");
  }
  if (!all.next_page_token().empty()) session.output.note("there are more; --most 0 shows all");
  return {};
}

void add_show(CLI::App& group, Verb& chosen) {
  const auto request = std::make_shared<core::GetClaimRequest>();
  CLI::App* show = group.add_subcommand("show", "Who holds a value");
  show->add_option_function<std::string>(
          "MODULE", [request](const std::string& name) { request->set_module(name); })
      ->required();
  show->add_option_function<std::string>(
          "SCOPE", [request](const std::string& scope) { request->set_scope(scope); },
          "What the value is: email, org_name")
      ->required();
  show->add_option_function<std::string>(
          "VALUE", [request](const std::string& value) { request->set_value(value); },
          "As the module compares it; claims list shows how")
      ->required();
  show->callback([&chosen, request] {
    chosen = [request](Session& session) { return show_claim(session, *request); };
  });
}

void add_list(CLI::App& group, Verb& chosen) {
  const auto listing = std::make_shared<Listing>();
  CLI::App* list = group.add_subcommand("list", "What is held, and by whom");
  list->add_option_function<std::string>(
          "MODULE", [listing](const std::string& name) { listing->request.set_module(name); })
      ->required();
  list->add_option_function<std::string>(
      "--scope", [listing](const std::string& scope) { listing->request.set_scope(scope); },
      "Of this scope only");
  list->add_option("--most", listing->most, "At most so many; 0: all")->capture_default_str();
  list->callback([&chosen, listing] {
    chosen = [listing](Session& session) { return list_claims(session, *listing); };
  });
}

}  // namespace

void add_claim_verbs(CLI::App& app, Verb& chosen) {
  CLI::App* group = app.add_subcommand("claims", "Values that one entity of a module holds alone")
                        ->require_subcommand(1);
  add_show(*group, chosen);
  add_list(*group, chosen);
}

}  // namespace mt::mtctl
