#include "modules/sys_core/server/reactors.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "sys/core/v1/reactors.pb.h"

namespace mt::sys_core {
namespace {

namespace v1 = ::sys::core::v1;

using Call = std::shared_ptr<const CallContext>;
using Command = ::mt::reactors::v1::ReactorCommand;

v1::Reactor to_proto(const ReactorInfo& info) {
  v1::Reactor reactor;
  reactor.set_module(info.module.value);
  reactor.set_name(info.name);
  reactor.set_source(info.source.value);
  reactor.set_state(info.state);
  reactor.set_reason(info.reason);
  reactor.set_checkpoint(info.checkpoint.value);
  reactor.set_head(info.head.value);
  reactor.set_lag(info.lag());
  reactor.set_at_work(info.at_work);
  reactor.set_in_flight(info.in_flight);
  reactor.set_waiting(info.waiting);
  reactor.set_catching_up(info.catching_up);
  reactor.set_parked(info.parked);
  reactor.set_events(info.counts.events);
  reactor.set_commands(info.counts.commands);
  reactor.set_repeats(info.counts.repeats);
  reactor.set_retries(info.counts.retries);
  return reactor;
}

v1::ReactorStream to_proto(const ::mt::reactors::v1::BehindStream& behind) {
  v1::ReactorStream stream;
  stream.set_stream(behind.stream());
  stream.set_position(behind.position());
  stream.set_version(behind.version());
  stream.set_type(behind.type());
  stream.set_parked(behind.parked());
  stream.set_why(behind.why());
  stream.set_attempts(behind.attempts());
  stream.set_answered(behind.answered());
  *stream.mutable_since() = behind.since();
  return stream;
}

v1::ListReactorsResponse list(const Deps& deps) {
  v1::ListReactorsResponse response;
  for (const ReactorInfo& info : deps.node.reactors().list()) {
    *response.add_reactors() = to_proto(info);
  }
  return response;
}

Result<v1::GetReactorResponse> show(const Deps& deps, const v1::GetReactorRequest& request) {
  MT_TRY(const ReactorInfo info, deps.node.reactors().find({request.module()}, request.name()));
  v1::GetReactorResponse response;
  *response.mutable_reactor() = to_proto(info);
  for (const auto& [name, behind] : info.known->behind()) {
    *response.add_streams() = to_proto(behind);
  }
  std::ranges::sort(*response.mutable_streams(), {}, [](const v1::ReactorStream& stream) {
    return std::pair(stream.position(), stream.stream());
  });
  return response;
}

// A command to the reactor that the request names; `fill` says which.
template <typename Response, typename Request, typename Fill>
Result<void> bind_ask(Api& api, const Deps& deps, const std::string& method, Fill fill) {
  return api.task<Response>(
      method, [&deps, fill](const Request& request, const Call& call) -> Result<Reply> {
        Command command;
        fill(request, command);
        MT_TRY(Reply reply, deps.node.reactors().ask({request.module()}, request.name(),
                                                     std::move(command), call));
        if (!reply.repeated) reply.message = std::make_shared<const Response>();
        return reply;
      });
}

void fill_retry(const v1::RetryReactorRequest& request, Command& command) {
  command.mutable_retry()->set_stream(request.stream());
}

void fill_drop(const v1::DropReactorEventRequest& request, Command& command) {
  command.mutable_drop()->set_stream(request.stream());
  command.mutable_drop()->set_position(request.position());
  command.mutable_drop()->set_reason(request.reason());
}

void fill_pause(const v1::PauseReactorRequest& request, Command& command) {
  command.mutable_pause()->set_reason(request.reason());
}

void fill_resume(const v1::ResumeReactorRequest&, Command& command) { command.mutable_resume(); }

}  // namespace

Result<void> bind_reactors(Api& api, const Deps& deps) {
  MT_CHECK_OK(api.query("ListReactors",
                        [&deps](const v1::ListReactorsRequest&, const Query&)
                            -> Result<v1::ListReactorsResponse> { return list(deps); }));
  MT_CHECK_OK(api.query("GetReactor", [&deps](const v1::GetReactorRequest& request, const Query&) {
    return show(deps, request);
  }));
  MT_CHECK_OK((bind_ask<v1::RetryReactorResponse, v1::RetryReactorRequest>(
      api, deps, "RetryReactor", fill_retry)));
  MT_CHECK_OK((bind_ask<v1::DropReactorEventResponse, v1::DropReactorEventRequest>(
      api, deps, "DropReactorEvent", fill_drop)));
  MT_CHECK_OK((bind_ask<v1::PauseReactorResponse, v1::PauseReactorRequest>(
      api, deps, "PauseReactor", fill_pause)));
  return bind_ask<v1::ResumeReactorResponse, v1::ResumeReactorRequest>(api, deps, "ResumeReactor",
                                                                       fill_resume);
}

}  // namespace mt::sys_core
