#include "modules/sys_core/server/set_sender.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <utility>

namespace mt::sys_core {
namespace {

// Whether the platform could not, and not the command's entity would not: the next command would
// fare no better, and this one may well succeed at another time.
bool is_fault(Code code) {
  switch (code) {
    case Code::kUnavailable:
    case Code::kDataLoss:
    case Code::kInternal:
    case Code::kUnknown:
    case Code::kDeadlineExceeded:
    case Code::kResourceExhausted:
    case Code::kAborted:
    case Code::kCancelled:
      return true;
    case Code::kOk:
    case Code::kInvalidArgument:
    case Code::kNotFound:
    case Code::kAlreadyExists:
    case Code::kPermissionDenied:
    case Code::kFailedPrecondition:
    case Code::kOutOfRange:
    case Code::kUnimplemented:
    case Code::kUnauthenticated:
      break;
  }
  return false;
}

std::string name_of(const DataSetCommand& command) {
  return "line " + std::to_string(command.line) + ", command '" + command.id + "'";
}

Result<std::shared_ptr<const Message>> parse_request(const Method& method,
                                                     const DataSetCommand& command) {
  std::shared_ptr<Message> request(google::protobuf::MessageFactory::generated_factory()
                                       ->GetPrototype(method.descriptor->input_type())
                                       ->New());
  const auto status =
      google::protobuf::util::JsonStringToMessage(command.request_json, request.get());
  if (!status.ok()) {
    return invalid_argument(name_of(command) + ": its request is not a " +
                            method.descriptor->input_type()->full_name() + ": " +
                            status.ToString());
  }
  return std::shared_ptr<const Message>(std::move(request));
}

}  // namespace

std::string bootstrap_command_id(const ModuleName& module, const std::string& set,
                                 const std::string& id) {
  return std::string(kBootstrapIds) + module.value + "/" + set + "/" + id;
}

Result<void> SetSender::send(const DataSetCommand& command) {
  const Method* method = dispatcher_.find(command.method);
  if (method == nullptr) {
    return invalid_argument(name_of(command) + ": this node has no method '" + command.method +
                            "'");
  }
  MT_TRY(std::shared_ptr<const Message> request, parse_request(*method, command));
  {
    std::unique_lock lock(shared_->mutex);
    // What rests on the commands before (a role on its account) is written by another method.
    const std::uint64_t room = command.method == method_ ? window_ : 1;
    shared_->answered.wait(lock, [&] { return shared_->in_flight < room; });
    if (!shared_->fault) return shared_->fault.error();
    ++shared_->in_flight;
    ++shared_->counts.sent;
  }
  method_ = command.method;
  CallInput input;
  input.method = command.method;
  input.caller = Caller::system();
  input.idempotency_key = id_prefix_ + command.id;
  dispatcher_.call(std::move(input), std::move(request),
                   [shared = shared_, name = name_of(command)](const Result<Reply>& reply) {
                     count(*shared, name, reply);
                   });
  return {};
}

void SetSender::count(Shared& shared, const std::string& name, const Result<Reply>& reply) {
  const std::lock_guard lock(shared.mutex);
  --shared.in_flight;
  if (reply) {
    ++(reply->repeated ? shared.counts.already_applied : shared.counts.applied);
  } else if (is_fault(reply.error().code)) {
    if (shared.fault) {
      shared.fault = Error{reply.error().code, name + ": " + reply.error().message};
    }
  } else {
    ++shared.counts.refused;
    if (shared.counts.first_refusal.empty()) {
      shared.counts.first_refusal = name + ": " + reply.error().message;
    }
  }
  shared.answered.notify_one();
}

Result<void> SetSender::finish() {
  std::unique_lock lock(shared_->mutex);
  shared_->answered.wait(lock, [this] { return shared_->in_flight == 0; });
  return shared_->fault;
}

SendCounts SetSender::counts() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->counts;
}

}  // namespace mt::sys_core
