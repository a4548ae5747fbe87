#include "bus/call_checks.h"

#include <algorithm>

#include "bus/request_digest.h"
#include "bus/text_format.h"
#include "bus/trace_id.h"

namespace mt {
namespace {

constexpr std::size_t kLongestId = 128;

Result<void> check_ids(const CallInput& input) {
  static const std::string kRule = "must be 1 to 128 printable ASCII characters";
  if (input.idempotency_key && !is_printable_ascii(*input.idempotency_key, kLongestId))
    return invalid_field("idempotency-key", kRule);
  if (!input.correlation.empty() && !is_printable_ascii(input.correlation, kLongestId))
    return invalid_field("x-correlation-id", kRule);
  return {};
}

// Keys of callers who do not know each other must not meet: one would learn that another used the
// key, or take it from them. The operator's and the system's are ids as they are, those of
// bootstrap sets among them.
std::string id_of(const std::string& key, const Caller& caller) {
  switch (caller.kind) {
    case Caller::Kind::kOperator:
    case Caller::Kind::kSystem:
      break;
    case Caller::Kind::kAccount:
      return "by/" + caller.account_id + "/" + key;
    case Caller::Kind::kAnonymous:
      return "anonymous/" + key;
  }
  return key;
}

CommandRef command_of(Kind kind, const CallInput& input, const Caller& caller) {
  CommandRef command;
  if (kind == Kind::KIND_QUERY) {
    command.id.value = trace_id();
  } else if (!input.idempotency_key) {
    command.id.value = random_uuid();
  } else {
    command.id.value = id_of(*input.idempotency_key, caller);
    command.keyed = kind == Kind::KIND_COMMAND;
  }
  return command;
}

}  // namespace

CallChecks::CallChecks(const DispatcherLimits& limits)
    : default_deadline_(limits.default_deadline), longest_deadline_(limits.longest_deadline) {}

void CallChecks::set_authenticator(std::shared_ptr<const Authenticator> authenticator) {
  authenticator_ = std::move(authenticator);
}

Result<std::shared_ptr<PreparedCall>> CallChecks::begin(
    const std::shared_ptr<const MethodEntry>& entry, const CallInput& input) const {
  MT_CHECK_OK(check_ids(input));
  MT_TRY(const Instant deadline, deadline_of(*entry, input));
  MT_TRY(Caller caller, caller_of(input));
  MT_CHECK_OK(entry->access.admit(caller));
  auto call = std::make_shared<PreparedCall>(entry);
  call->context().deadline = deadline;
  call->context().caller = std::move(caller);
  return call;
}

Result<void> CallChecks::finish(PreparedCall& call, CallInput& input) const {
  const MethodEntry& entry = call.entry();
  CallContext& context = call.context();
  MT_CHECK_OK(entry.validator.validate(call.request()));
  MT_CHECK_OK(entry.access.authorise(context.caller, call.request()));
  context.command = command_of(entry.kind, input, context.caller);
  context.origin.actor = context.caller.actor();
  context.origin.correlation =
      input.correlation.empty() ? context.command.id.value : std::move(input.correlation);
  context.origin.causation = std::move(input.causation);
  if (entry.kind == Kind::KIND_COMMAND)
    context.command.digest =
        request_digest(entry.name, context.origin.actor, entry.validator, call.request());
  return {};
}

Result<CallChecks::Instant> CallChecks::deadline_of(const MethodEntry& entry,
                                                    const CallInput& input) const {
  const bool watch = entry.kind == Kind::KIND_WATCH;
  if (watch && !input.deadline) return Instant::max();
  const Instant now = std::chrono::steady_clock::now();
  if (!input.deadline) return now + default_deadline_;
  if (*input.deadline <= now) return too_late(entry);
  return watch ? *input.deadline : std::min(*input.deadline, now + longest_deadline_);
}

// A bad token is refused on public methods too: clients learn there that theirs has expired.
Result<Caller> CallChecks::caller_of(const CallInput& input) const {
  if (input.token.empty()) return input.caller.value_or(Caller::anonymous());
  if (authenticator_ == nullptr)
    return unauthenticated("this server takes no tokens; call without one");
  return authenticator_->authenticate(input.token);
}

Error too_late(const MethodEntry& entry) {
  return {Code::kDeadlineExceeded,
          entry.name + ": the deadline passed before the call could begin"};
}

}  // namespace mt
