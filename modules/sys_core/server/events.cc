#include "modules/sys_core/server/events.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>

#include "modules/sys_core/server/event_printer.h"
#include "modules/sys_core/server/module_named.h"

namespace mt::sys_core {
namespace {

// Wakes a follower of one log when it grew. The bus only hints: a lost hint costs a second, no
// event.
class GrowthSignal {
 public:
  static Result<std::unique_ptr<GrowthSignal>> of(Bus& bus, const ModuleName& module) {
    auto signal = std::make_unique<GrowthSignal>();
    MT_TRY(signal->subscription_,
           bus.subscribe("mt.grown." + module.value,
                         [raw = signal.get()](const BusMessage&) { raw->notify(); }));
    return signal;
  }

  void wait() {
    std::unique_lock lock(mutex_);
    grown_.wait_for(lock, std::chrono::seconds(1), [this] { return hinted_; });
    hinted_ = false;
  }

 private:
  void notify() {
    const std::lock_guard lock(mutex_);
    hinted_ = true;
    grown_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable grown_;
  bool hinted_ = false;
  // Last, so that it ends first: its handler uses the members above.
  std::unique_ptr<Bus::Subscription> subscription_;
};

class Tail {
 public:
  Tail(const EventLog& log, const ModuleInfo& module, const Upcasters* upcasters,
       const v1::TailEventsRequest& request, ReplyStream& stream)
      : log_(log),
        module_(module.name),
        printer_(module, upcasters),
        request_(request),
        stream_(stream),
        next_(start(log.head(module.name))) {}

  // Sends all that is there from the next position on; false when it is time to end.
  Result<bool> send() {
    bool open = true;
    MT_CHECK_OK(log_.scan(module_, next_, [&](const CommitRecord& record) {
      open = send(record);
      return open ? Scan::kGoOn : Scan::kStop;
    }));
    return open && stream_.is_open();
  }

 private:
  Position start(Position head) const {
    if (request_.from_position() > 0) return {request_.from_position()};
    const std::uint64_t last = request_.last() > 0 ? request_.last() : 10;
    return {head.value > last ? head.value - last + 1 : 1};
  }

  bool is_beyond(Position position) const {
    return request_.to_position() > 0 && position.value > request_.to_position();
  }

  bool send(const CommitRecord& record) {
    for (std::size_t i = 0; i < record.commit.events.size(); ++i) {
      const Position position = record.first + i;
      if (position < next_) continue;
      if (is_beyond(position)) return false;
      next_ = position + 1;
      v1::TailEventsResponse response;
      *response.mutable_event() = printer_.print(record, i);
      if (!request_.contains().empty() && !mentions(response.event(), request_.contains())) {
        continue;
      }
      if (!stream_.write_when_ready(response)) return false;
    }
    return stream_.is_open();
  }

  const EventLog& log_;
  ModuleName module_;
  EventPrinter printer_;
  const v1::TailEventsRequest& request_;
  ReplyStream& stream_;
  Position next_;
};

Result<void> tail(const Deps& deps, const v1::TailEventsRequest& request, ReplyStream& stream) {
  MT_TRY(const ModuleInfo module, module_named(deps.node, request.module()));
  // Before the first read, so that nothing appended meanwhile goes unnoticed.
  MT_TRY(const auto growth, GrowthSignal::of(deps.node.bus(), module.name));
  Tail tail(deps.node.log(), module, deps.node.upcasters(module.name), request, stream);
  for (;;) {
    MT_TRY(const bool more, tail.send());
    if (!more || !request.follow()) return {};
    growth->wait();
  }
}

void add_claims(const std::vector<Claim>& claims,
                google::protobuf::RepeatedPtrField<std::string>& shown) {
  for (const Claim& claim : claims) *shown.Add() = claim.scope + "=" + claim.value;
}

Result<v1::GetCommitResponse> commit_at(const Deps& deps, const v1::GetCommitRequest& request) {
  MT_TRY(const ModuleInfo module, module_named(deps.node, request.module()));
  MT_TRY(const CommitRecord record, deps.node.log().at(module.name, Position{request.position()}));
  const EventPrinter printer(module, deps.node.upcasters(module.name));
  v1::GetCommitResponse response;
  for (std::size_t i = 0; i < record.commit.events.size(); ++i) {
    *response.add_events() = printer.print(record, i);
  }
  response.set_hash(to_hex(record.hash));
  response.set_stored_bytes(deps.node.log().stored_bytes(module.name, record.first));
  add_claims(record.commit.taken, *response.mutable_claims_taken());
  add_claims(record.commit.released, *response.mutable_claims_released());
  return response;
}

}  // namespace

Result<void> bind_events(Api& api, const Deps& deps) {
  MT_CHECK_OK(api.watch<v1::TailEventsResponse>(
      "TailEvents",
      [&deps](const v1::TailEventsRequest& request, std::shared_ptr<const CallContext>,
              ReplyStream& stream) { return tail(deps, request, stream); }));
  return api.query("GetCommit", [&deps](const v1::GetCommitRequest& request, const Query&) {
    return commit_at(deps, request);
  });
}

}  // namespace mt::sys_core
