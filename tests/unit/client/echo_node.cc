#include "tests/unit/client/echo_node.h"

#include <utility>
#include <vector>

#include "events/base/check.h"
#include "tests/proto/client_echo.pb.h"

namespace mt {
namespace {

using tests::client::EchoRequest;
using tests::client::EchoResponse;

const EchoRequest& as_echo(const std::shared_ptr<const Message>& request) {
  return static_cast<const EchoRequest&>(*request);
}

std::shared_ptr<EchoResponse> echo_of(const EchoRequest& request) {
  auto response = std::make_shared<EchoResponse>();
  response->set_text(request.text());
  response->set_number(request.number());
  return response;
}

void echo(const std::shared_ptr<const CallContext>&, const std::shared_ptr<const Message>& request,
          const Respond& respond) {
  Reply reply;
  reply.message = echo_of(as_echo(request));
  respond(std::move(reply));
}

void count(const std::shared_ptr<const CallContext>&, const std::shared_ptr<const Message>& request,
           const std::shared_ptr<ReplyStream>& stream) {
  for (std::uint64_t i = 1; i <= as_echo(request).number(); ++i) {
    EchoResponse response;
    response.set_number(i);
    stream->write_when_ready(response);
  }
  if (as_echo(request).text() == "refuse") return stream->finish(not_found("no such thing"));
  stream->finish({});
}

}  // namespace

EchoNode::EchoNode(std::string socket_path)
    : socket_path_(socket_path.empty() ? (folder_.path() / "mt.sock").string()
                                       : std::move(socket_path)) {
  add("Echo", echo);
  add("Guarded", echo);
  add("Store", [this](auto call, auto request, auto respond) { store(call, request, respond); });
  add("Hold", [this](auto, auto, auto respond) { hold(std::move(respond)); });
  add("Count", nullptr, count);
  add("Forever", nullptr, [this](auto, auto, auto stream) { stream_for_ever(*stream); });
  dispatcher_.start();
  GrpcSettings settings;
  settings.listen = {"127.0.0.1:0"};
  settings.unix_socket = socket_path_;
  edge_ = std::make_unique<GrpcEdge>(dispatcher_, std::move(settings));
  check(edge_->start().has_value(), "a free port and a new socket can be listened on");
}

EchoNode::~EchoNode() {
  // A call counts as in flight while its Respond exists.
  for (std::vector<Respond> held = std::exchange(held_, {}); const Respond& respond : held)
    respond(unavailable("the node ends"));
  edge_->stop(std::chrono::seconds(1));
  dispatcher_.stop(std::chrono::seconds(1));
}

void EchoNode::add(const std::string& method, UnaryHandler unary, StreamHandler stream) {
  const auto* service = EchoRequest::descriptor()->file()->FindServiceByName("EchoService");
  const Threading threading = stream ? Threading::kWorker : Threading::kInline;
  const auto added = dispatcher_.add({service->FindMethodByName(method), ModuleName{"mod_echo"},
                                      threading, std::move(unary), std::move(stream)});
  check(added.has_value(), "the method has its rule");
}

void EchoNode::store(const std::shared_ptr<const CallContext>& call,
                     const std::shared_ptr<const Message>& request, const Respond& respond) {
  {
    const std::lock_guard lock(mutex_);
    correlation_ = call->origin.correlation;
  }
  Reply reply;
  reply.message = echo_of(as_echo(request));
  reply.module = ModuleName{"mod_echo"};
  reply.position = Position{7};
  reply.command = call->command.id;
  reply.repeated = as_echo(request).text() == "again";
  respond(std::move(reply));
}

void EchoNode::hold(Respond respond) {
  const std::lock_guard lock(mutex_);
  held_.push_back(std::move(respond));
  changed_.notify_all();
}

void EchoNode::stream_for_ever(ReplyStream& stream) {
  while (stream.write_when_ready(EchoResponse())) continue;
  stream.finish({});
  const std::lock_guard lock(mutex_);
  left_ = true;
  changed_.notify_all();
}

std::string EchoNode::last_correlation() const {
  const std::lock_guard lock(mutex_);
  return correlation_;
}

void EchoNode::wait_until_held(std::size_t calls) const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return held_.size() >= calls; });
}

void EchoNode::wait_until_left() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return left_; });
}

}  // namespace mt
