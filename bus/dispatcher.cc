#include "bus/dispatcher.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "bus/answer_guard.h"
#include "bus/call_accounts.h"
#include "bus/call_checks.h"
#include "bus/method_table.h"
#include "bus/prepared_call.h"
#include "bus/protobuf_log.h"
#include "bus/text_format.h"
#include "bus/watch_threads.h"
#include "bus/worker_pool.h"

namespace mt {
namespace {

using Instant = std::chrono::steady_clock::time_point;

Error no_such_method(const std::string& name) {
  return {Code::kUnimplemented, "no method '" + shortened(name, 200) + "'"};
}

Error too_busy(const MethodEntry& entry, std::size_t most_waiting) {
  return {Code::kResourceExhausted, entry.name + ": too many calls wait for a worker, at most " +
                                        std::to_string(most_waiting) + " may; try again soon"};
}

// Runs a handler; what it throws becomes the error that `fail` passes on.
template <typename Handler, typename Fail>
void run_guarded(const MethodEntry& entry, Handler&& handler, Fail&& fail) {
  try {
    handler();
  } catch (const std::exception& thrown) {
    fail(internal("the handler of " + entry.name + " threw: " + thrown.what()));
  } catch (...) {
    fail(internal("the handler of " + entry.name + " threw"));
  }
}

// Where call_and_wait waits; shared, since the answer may come after the wait was given up.
struct Waiting {
  std::mutex mutex;
  std::condition_variable answered;
  std::optional<Result<Reply>> reply;
};

}  // namespace

class Dispatcher::Impl {
 public:
  explicit Impl(DispatcherLimits limits)
      : limits_(limits),
        accounts_(std::make_shared<CallAccounts>(limits)),
        checks_(limits),
        workers_("mt-worker", limits.workers, limits.worker_queue),
        public_workers_("mt-public", limits.public_workers, limits.public_queue) {
    route_protobuf_log();
  }

  MethodTable& table() { return table_; }
  CallAccounts& accounts() { return *accounts_; }
  CallChecks& checks() { return checks_; }
  const DispatcherLimits& limits() const { return limits_; }

  void start() {
    workers_.start();
    public_workers_.start();
    accounts().open();
  }

  void stop(std::chrono::milliseconds patience) {
    const std::lock_guard lock(stopping_);
    accounts().drain(patience);
    workers_.stop();
    public_workers_.stop();
    watches_.stop();
  }

  template <typename Request>
  void call(CallInput& input, Request&& request, Respond respond) {
    auto opened = open_call(input);
    if (!opened) return refuse(std::move(opened).error(), respond);
    auto prepared = checks_.prepare(opened->entry, input, std::forward<Request>(request));
    if (!prepared) return refuse(std::move(prepared).error(), respond);
    auto pending =
        std::make_shared<PendingReply>(std::move(opened->ticket), *prepared, std::move(respond));
    if (opened->entry->method.threading == Threading::kInline) return run_unary(*prepared, pending);
    WorkerPool& pool = opened->entry->access.is_for_anyone() ? public_workers_ : workers_;
    if (!pool.submit([call = *prepared, pending](WorkerPool::Fate fate) {
          run_queued(fate, call, pending);
        }))
      pending->answer(too_busy(*opened->entry, pool.most_waiting()));
  }

  void watch(CallInput& input, std::string_view request, std::shared_ptr<ReplyStream> stream) {
    const auto refuse_stream = [&](Error error) {
      accounts().count_refusal();
      stream->finish(std::move(error));
    };
    auto opened = open_watch(input);
    if (!opened) return refuse_stream(std::move(opened).error());
    auto prepared = checks_.prepare(opened->entry, input, request);
    if (!prepared) return refuse_stream(std::move(prepared).error());
    auto guarded =
        std::make_shared<GuardedStream>(std::move(opened->ticket), *prepared, std::move(stream));
    if (opened->entry->method.threading == Threading::kInline)
      return run_stream(*prepared, guarded);
    if (!watches_.run([call = *prepared, guarded] { run_stream(call, guarded); }))
      guarded->finish(unavailable("no thread for another stream; try again soon"));
  }

 private:
  struct Opened {
    std::shared_ptr<const MethodEntry> entry;
    CallTicket ticket;
  };

  Result<Opened> open_call(const CallInput& input) {
    auto entry = table_.find(input.method);
    if (entry == nullptr) return no_such_method(input.method);
    if (entry->kind == Kind::KIND_WATCH)
      return Error{Code::kUnimplemented, entry->name + " answers with a stream"};
    MT_TRY(CallTicket ticket, accounts().enter_call());
    return Opened{std::move(entry), std::move(ticket)};
  }

  Result<Opened> open_watch(const CallInput& input) {
    auto entry = table_.find(input.method);
    if (entry == nullptr) return no_such_method(input.method);
    if (entry->kind != Kind::KIND_WATCH)
      return Error{Code::kUnimplemented, entry->name + " answers with one message"};
    MT_TRY(CallTicket ticket, accounts().enter_watch());
    return Opened{std::move(entry), std::move(ticket)};
  }

  void refuse(Error error, const Respond& respond) {
    accounts().count_refusal();
    respond(std::move(error));
  }

  static void run_queued(WorkerPool::Fate fate, const std::shared_ptr<const PreparedCall>& call,
                         const std::shared_ptr<PendingReply>& pending) {
    if (fate == WorkerPool::Fate::kDropped)
      return pending->answer(unavailable("the server is stopping; try again soon"));
    if (call->context().deadline <= std::chrono::steady_clock::now())
      return pending->answer(too_late(call->entry()));
    run_unary(call, pending);
  }

  static void run_unary(const std::shared_ptr<const PreparedCall>& call,
                        const std::shared_ptr<PendingReply>& pending) {
    run_guarded(
        call->entry(),
        [&] {
          call->entry().method.unary(
              PreparedCall::context_of(call), PreparedCall::request_of(call),
              [pending](Result<Reply> reply) { pending->answer(std::move(reply)); });
        },
        [&](Error error) { pending->answer(std::move(error)); });
  }

  static void run_stream(const std::shared_ptr<const PreparedCall>& call,
                         const std::shared_ptr<GuardedStream>& stream) {
    run_guarded(
        call->entry(),
        [&] {
          call->entry().method.stream(PreparedCall::context_of(call),
                                      PreparedCall::request_of(call), stream);
        },
        [&](Error error) { stream->finish(std::move(error)); });
  }

  const DispatcherLimits limits_;
  const std::shared_ptr<CallAccounts> accounts_;
  MethodTable table_;
  CallChecks checks_;
  std::mutex stopping_;
  WorkerPool workers_;
  WorkerPool public_workers_;  // of tasks that anyone may call
  WatchThreads watches_;
};

Dispatcher::Dispatcher(DispatcherLimits limits) : impl_(std::make_unique<Impl>(limits)) {}

Dispatcher::~Dispatcher() { stop(); }

Result<void> Dispatcher::add(Method method) { return impl_->table().add(std::move(method)); }

Result<void> Dispatcher::check_complete(const google::protobuf::ServiceDescriptor& service) const {
  std::string missing;
  for (int i = 0; i < service.method_count(); ++i) {
    const Method method{service.method(i), {}, {}, {}, {}};
    if (find(method.name()) == nullptr)
      missing += (missing.empty() ? "" : ", ") + service.method(i)->name();
  }
  if (missing.empty()) return {};
  return failed_precondition("service " + service.full_name() + " lacks handlers for: " + missing);
}

void Dispatcher::set_authenticator(std::shared_ptr<const Authenticator> authenticator) {
  impl_->checks().set_authenticator(std::move(authenticator));
}

void Dispatcher::start() { impl_->start(); }

void Dispatcher::stop(std::chrono::milliseconds patience) { impl_->stop(patience); }

const Method* Dispatcher::find(std::string_view name) const {
  const auto entry = impl_->table().find(name);
  return entry == nullptr ? nullptr : &entry->method;
}

std::vector<const Method*> Dispatcher::methods() const { return impl_->table().by_name(); }

void Dispatcher::call(CallInput input, std::string_view request, Respond respond) {
  impl_->call(input, request, std::move(respond));
}

void Dispatcher::call(CallInput input, std::shared_ptr<const Message> request, Respond respond) {
  impl_->call(input, std::move(request), std::move(respond));
}

void Dispatcher::watch(CallInput input, std::string_view request,
                       std::shared_ptr<ReplyStream> stream) {
  impl_->watch(input, request, std::move(stream));
}

Result<Reply> Dispatcher::call_and_wait(CallInput input, std::shared_ptr<const Message> request) {
  if (!input.deadline)
    input.deadline = std::chrono::steady_clock::now() + impl_->limits().default_deadline;
  const Instant deadline = *input.deadline;
  const auto waiting = std::make_shared<Waiting>();
  call(std::move(input), std::move(request), [waiting](Result<Reply> reply) {
    const std::lock_guard lock(waiting->mutex);
    waiting->reply = std::move(reply);
    waiting->answered.notify_one();
  });
  std::unique_lock lock(waiting->mutex);
  if (!waiting->answered.wait_until(lock, deadline, [&] { return waiting->reply.has_value(); }))
    return Error{Code::kDeadlineExceeded,
                 "no answer within the deadline; a command may still take effect"};
  return *std::move(waiting->reply);
}

CallCounts Dispatcher::counts() const { return impl_->accounts().counts(); }

}  // namespace mt
