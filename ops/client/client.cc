#include "ops/client/client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "events/base/check.h"
#include "ops/client/grpc_values.h"

namespace mt {
namespace {

constexpr std::chrono::milliseconds kCallDeadline{10'000};
constexpr int kMostAnswerBytes = 64 << 20;

// No proxy between an operator and the node, no connection shared between two clients, and a node
// that was started again is found again within a second. Pings keep a silent watch honest.
grpc::ChannelArguments channel_arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMostAnswerBytes);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  return arguments;
}

std::shared_ptr<grpc::ChannelCredentials> credentials_of(const ClientOptions& options) {
  if (!options.tls) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = options.ca;
  tls.pem_cert_chain = options.certificate;
  tls.pem_private_key = options.key;
  return grpc::SslCredentials(tls);
}

// A queue for the steps of one call, polled by the thread that waits for it: no other thread has to
// be woken.
class Steps {
 public:
  ~Steps() {
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) continue;
  }

  grpc::CompletionQueue* queue() { return &queue_; }
  bool wait() {
    void* tag = nullptr;
    bool ok = false;
    check(queue_.Next(&tag, &ok), "the queue is open while a step is under way");
    return ok;
  }

 private:
  grpc::CompletionQueue queue_;
};

// Ends the call when it is asked to.
class Cancelling {
 public:
  Cancelling(const CallOptions& options, grpc::ClientContext& context)
      : callback_(options.stop, Cancel{&context}) {}

 private:
  struct Cancel {
    grpc::ClientContext* context;
    void operator()() const { context->TryCancel(); }
  };
  std::stop_callback<Cancel> callback_;
};

struct AsyncCall {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
  Client::Done done;

  void finish(const grpc::Status& status) {
    const CallOutcome outcome = outcome_of(context);
    if (!status.ok()) return done(to_error(status), outcome);
    done(std::string(ReceivedBytes(response).view()), outcome);
  }
};

// The calls that were not answered yet. A call holds the channel, and whoever lets go of that last
// ends gRPC's thread for answers; so that this is never that thread itself, calls are gone before
// the channel is. gRPC 1.51 frees that thread's queue twice otherwise.
class OpenCalls {
 public:
  ~OpenCalls() {
    for (const auto& call : all()) call->context.TryCancel();
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return calls_.empty(); });
  }

  AsyncCall* begin() {
    auto call = std::make_shared<AsyncCall>();
    const std::lock_guard lock(mutex_);
    return calls_.emplace(call.get(), call).first->first;
  }
  // Frees it.
  void end(AsyncCall* call) {
    const std::lock_guard lock(mutex_);
    calls_.erase(call);
    if (calls_.empty()) ended_.notify_all();
  }

 private:
  std::vector<std::shared_ptr<AsyncCall>> all() {
    std::vector<std::shared_ptr<AsyncCall>> all;
    const std::lock_guard lock(mutex_);
    for (const auto& [address, call] : calls_) all.push_back(call);
    return all;
  }

  std::mutex mutex_;
  std::condition_variable ended_;
  std::unordered_map<AsyncCall*, std::shared_ptr<AsyncCall>> calls_;
};

}  // namespace

class Client::Impl {
 public:
  Impl(const std::string& target, ClientOptions options)
      : token_(options.token),
        channel_(grpc::CreateCustomChannel(target, credentials_of(options), channel_arguments())),
        stub_(channel_) {}

  grpc::Channel& channel() { return *channel_; }
  grpc::GenericStub& stub() { return stub_; }
  OpenCalls& calls() { return calls_; }

  void prepare(grpc::ClientContext& context, const CallOptions& options,
               std::optional<std::chrono::milliseconds> fallback) const {
    const auto deadline = options.deadline ? options.deadline : fallback;
    if (deadline) context.set_deadline(std::chrono::system_clock::now() + *deadline);
    add_metadata(context, options, token_);
  }

 private:
  const std::string token_;
  const std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;
  OpenCalls calls_;
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Client Client::connect(const std::string& target, ClientOptions options) {
  return Client(std::make_unique<Impl>(target, std::move(options)));
}

Result<void> Client::wait_until_connected(std::chrono::milliseconds patience) const {
  if (impl_->channel().WaitForConnected(std::chrono::system_clock::now() + patience)) return {};
  return unavailable("no connection within " + std::to_string(patience.count()) + " ms");
}

Result<std::string> Client::call(const std::string& method, std::string_view request,
                                 const CallOptions& options, CallOutcome* outcome) const {
  grpc::ClientContext context;
  impl_->prepare(context, options, kCallDeadline);
  Steps steps;
  const auto call =
      impl_->stub().PrepareUnaryCall(&context, "/" + method, to_buffer(request), steps.queue());
  call->StartCall();
  const Cancelling cancelling(options, context);
  grpc::ByteBuffer response;
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  steps.wait();
  if (outcome != nullptr) *outcome = outcome_of(context);
  if (!status.ok()) return to_error(status);
  return std::string(ReceivedBytes(response).view());
}

void Client::call_async(const std::string& method, std::string_view request,
                        const CallOptions& options, Done done) const {
  OpenCalls& calls = impl_->calls();
  AsyncCall* const call = calls.begin();
  impl_->prepare(call->context, options, kCallDeadline);
  call->request = to_buffer(request);
  call->done = std::move(done);
  // gRPC calls back exactly once.
  impl_->stub().UnaryCall(&call->context, "/" + method, {}, &call->request, &call->response,
                          [call, &calls](const grpc::Status& status) {
                            call->finish(status);
                            calls.end(call);
                          });
}

Result<void> Client::watch(const std::string& method, std::string_view request,
                           const OnMessage& on_message, const CallOptions& options) const {
  grpc::ClientContext context;
  impl_->prepare(context, options, std::nullopt);
  Steps steps;
  const auto call = impl_->stub().PrepareCall(&context, "/" + method, steps.queue());
  call->StartCall(nullptr);
  const Cancelling cancelling(options, context);
  bool left = false;
  if (steps.wait()) {
    call->WriteLast(to_buffer(request), grpc::WriteOptions(), nullptr);
    steps.wait();  // fails when the server has answered already; its status says what
    grpc::ByteBuffer message;
    for (call->Read(&message, nullptr); steps.wait(); call->Read(&message, nullptr)) {
      if (left || on_message(ReceivedBytes(message).view())) continue;
      left = true;
      context.TryCancel();
    }
  }
  grpc::Status status;
  call->Finish(&status, nullptr);
  steps.wait();
  if (left || status.ok()) return {};
  return to_error(status);
}

}  // namespace mt
