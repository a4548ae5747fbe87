#include "bus/answer_guard.h"

#include "events/base/log.h"

namespace mt {
namespace {

// Faults of ours are logged where they leave; refusals are the caller's business.
void log_if_fault(const PreparedCall& call, const Error& error) {
  if (error.code != Code::kInternal && error.code != Code::kUnknown &&
      error.code != Code::kDataLoss)
    return;
  Logger("bus").error("call failed", {{"method", call.entry().name},
                                      {"code", to_string(error.code)},
                                      {"correlation", call.context().origin.correlation},
                                      {"reason", error.message}});
}

void log_second_answer(const PreparedCall& call) {
  Logger("bus").warn("second answer ignored", {{"method", call.entry().name},
                                               {"correlation", call.context().origin.correlation}});
}

}  // namespace

PendingReply::PendingReply(CallTicket ticket, std::shared_ptr<const PreparedCall> call,
                           Respond respond)
    : ticket_(std::move(ticket)), call_(std::move(call)), respond_(std::move(respond)) {}

PendingReply::~PendingReply() {
  if (!answered_) answer(internal("the handler of " + call_->entry().name + " gave no answer"));
}

void PendingReply::answer(Result<Reply> reply) {
  if (answered_.exchange(true)) return log_second_answer(*call_);
  if (!reply) {
    ticket_->accounts().count_refusal();
    log_if_fault(*call_, reply.error());
  } else if (call_->entry().kind == Kind::KIND_COMMAND) {
    reply->command = call_->context().command.id;
  }
  respond_(std::move(reply));
  ticket_.reset();
}

GuardedStream::GuardedStream(CallTicket ticket, std::shared_ptr<const PreparedCall> call,
                             std::shared_ptr<ReplyStream> stream)
    : accounts_(ticket.accounts().shared_from_this()),
      ticket_(std::move(ticket)),
      call_(std::move(call)),
      stream_(std::move(stream)) {}

GuardedStream::~GuardedStream() {
  if (!finished_)
    finish(internal("the handler of " + call_->entry().name + " left its stream unfinished"));
}

bool GuardedStream::write(const Message& message) {
  return takes_more() && stream_->write(message);
}

bool GuardedStream::write_when_ready(const Message& message) {
  return takes_more() && stream_->write_when_ready(message);
}

bool GuardedStream::write_if_ready(const Message& message) {
  return takes_more() && stream_->write_if_ready(message);
}

bool GuardedStream::wait_until_sent(std::chrono::milliseconds patience) {
  return takes_more() && stream_->wait_until_sent(patience);
}

bool GuardedStream::is_open() const { return takes_more() && stream_->is_open(); }

bool GuardedStream::takes_more() const {
  if (!accounts_->is_stopping()) return !finished_;
  cut_off_ = true;
  return false;
}

void GuardedStream::finish(Result<void> outcome) {
  if (finished_.exchange(true)) return log_second_answer(*call_);
  if (outcome && cut_off_) outcome = unavailable("the server is stopping; try again soon");
  if (!outcome) {
    ticket_->accounts().count_refusal();
    log_if_fault(*call_, outcome.error());
  }
  stream_->finish(std::move(outcome));
  ticket_.reset();
}

}  // namespace mt
