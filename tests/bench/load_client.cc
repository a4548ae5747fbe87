#include "tests/bench/load_client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

namespace mt::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::shared_ptr<grpc::Channel> connect(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  auto channel = grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
  channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10));
  return channel;
}

class Run {
 public:
  explicit Run(const Load& load)
      : load_(load),
        method_("/" + load.method),
        stub_(connect(load.target)),
        slots_(static_cast<std::size_t>(load.in_flight)) {}

  LoadReport go() {
    begin_ = Clock::now();
    for (Slot& slot : slots_) start(slot);
    void* tag = nullptr;
    bool ok = false;
    while (open_ > 0 && queue_.Next(&tag, &ok)) {
      --open_;
      Slot& slot = *static_cast<Slot*>(tag);
      count(slot);
      start(slot);
    }
    return report();
  }

 private:
  struct Slot {
    std::optional<grpc::ClientContext> context;
    grpc::ByteBuffer request;
    grpc::ByteBuffer response;
    grpc::Status status;
    std::unique_ptr<grpc::ClientAsyncResponseReader<grpc::ByteBuffer>> call;
    Clock::time_point begin;
  };

  void start(Slot& slot) {
    slot.begin = Clock::now();
    if (sent_ == load_.calls || slot.begin - begin_ >= load_.duration) return;
    slot.call.reset();
    slot.context.emplace();
    if (load_.key) slot.context->AddMetadata("idempotency-key", load_.key(sent_));
    if (!load_.token.empty()) slot.context->AddMetadata("authorization", "Bearer " + load_.token);
    const grpc::Slice bytes(load_.request(sent_++));
    slot.request = grpc::ByteBuffer(&bytes, 1);
    slot.call = stub_.PrepareUnaryCall(&*slot.context, method_, slot.request, &queue_);
    slot.call->StartCall();
    slot.call->Finish(&slot.response, &slot.status, &slot);
    ++open_;
  }

  void count(const Slot& slot) {
    if (slot.status.ok()) return latencies_.push_back(Clock::now() - slot.begin);
    if (report_.failed++ == 0)
      report_.first_failure =
          std::to_string(slot.status.error_code()) + ": " + slot.status.error_message();
  }

  LoadReport report() {
    report_.seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
    report_.answered = latencies_.size();
    report_.per_second = static_cast<double>(latencies_.size()) / report_.seconds;
    report_.p50 = percentile(0.50);
    report_.p99 = percentile(0.99);
    return report_;
  }

  std::chrono::nanoseconds percentile(double share) {
    if (latencies_.empty()) return {};
    const auto rank =
        static_cast<std::ptrdiff_t>(share * static_cast<double>(latencies_.size() - 1));
    const auto at = latencies_.begin() + rank;
    std::ranges::nth_element(latencies_, at);
    return *at;
  }

  const Load& load_;
  const std::string method_;
  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
  std::vector<Slot> slots_;
  std::vector<std::chrono::nanoseconds> latencies_;
  LoadReport report_;
  std::uint64_t sent_ = 0;
  int open_ = 0;
  Clock::time_point begin_;
};

}  // namespace

LoadReport put_load(const Load& load) { return Run(load).go(); }

}  // namespace mt::bench
