#include "ops/runtime/setup_notice.h"

#include <google/protobuf/util/time_util.h>

#include "ops/runtime/in_process.h"
#include "sys/accounts/v1/accounts.pb.h"

namespace mt {
namespace {

namespace accounts = ::sys::accounts::v1;

constexpr const char* kIssue = "sys.accounts.v1.SetupService/IssueSetupToken";

std::string in_quotes(const std::string& text) {
  const bool plain = text.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "0123456789./_-+") == std::string::npos;
  return plain ? text : "\"" + text + "\"";
}

// Whole seconds, rounded down: the token serves at least until then.
std::string in_seconds(google::protobuf::Timestamp time) {
  time.set_nanos(0);
  return google::protobuf::util::TimeUtil::ToString(time);
}

}  // namespace

Result<std::string> setup_notice(Dispatcher& dispatcher, const SetupPlace& place) {
  if (dispatcher.find(kIssue) == nullptr) return std::string();
  const auto issued = call_in_process<accounts::IssueSetupTokenResponse>(
      dispatcher, kIssue, accounts::IssueSetupTokenRequest());
  if (!issued && issued.error().code == Code::kFailedPrecondition) return std::string();
  if (!issued) return issued.error();
  return "setup token=" + issued->token() + " expires=" + in_seconds(issued->expires()) +
         "\nThere is no superadmin yet. Make the first one here; it asks for a password:\n  " +
         in_quotes(place.mtctl) + " --data " + in_quotes(place.data) +
         " setup you@example.org\nor from elsewhere, once, with this token:\n  mtctl --server "
         "HOST:PORT setup you@example.org --setup-token " +
         issued->token() + "\n";
}

}  // namespace mt
