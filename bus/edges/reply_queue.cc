#include "bus/edges/reply_queue.h"

#include "bus/edges/byte_buffers.h"
#include "bus/edges/grpc_status.h"

namespace mt {

bool ReplyQueue::write(const Message& message) {
  auto buffer = to_buffer(message);
  const std::lock_guard lock(mutex_);
  if (outcome_) return false;
  if (!buffer) {
    close(to_status(buffer.error()));
    return false;
  }
  if (!has_room()) {
    close({grpc::RESOURCE_EXHAUSTED,
           "the client reads too slowly: " + std::to_string(waiting_.size()) + " messages wait"});
    return false;
  }
  return push(*std::move(buffer));
}

bool ReplyQueue::write_when_ready(const Message& message) {
  auto buffer = to_buffer(message);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return outcome_ || has_room(); });
  if (outcome_) return false;
  if (buffer) return push(*std::move(buffer));
  close(to_status(buffer.error()));
  return false;
}

bool ReplyQueue::write_if_ready(const Message& message) {
  {
    const std::lock_guard lock(mutex_);
    if (outcome_) return false;
    if (!waiting_.empty()) return true;
  }
  return write(message);
}

bool ReplyQueue::wait_until_sent(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [this] { return outcome_ || waiting_.empty(); });
}

bool ReplyQueue::is_open() const {
  const std::lock_guard lock(mutex_);
  return !outcome_;
}

void ReplyQueue::finish(Result<void> outcome) {
  const std::lock_guard lock(mutex_);
  if (outcome_) return;
  outcome_ = outcome ? grpc::Status::OK : to_status(outcome.error());
  finish_if_idle();
  changed_.notify_all();
}

void ReplyQueue::written(bool ok) {
  const std::lock_guard lock(mutex_);
  writing_ = false;
  bytes_ -= waiting_.front().Length();
  waiting_.pop_front();
  if (!ok) close(grpc::Status::CANCELLED);
  if (!waiting_.empty())
    write_front();
  else
    finish_if_idle();
  changed_.notify_all();
}

// A write that is under way fails now, and ends the call when it is given back.
void ReplyQueue::cancelled() {
  const std::lock_guard lock(mutex_);
  close(grpc::Status::CANCELLED);
}

void ReplyQueue::detach() {
  const std::lock_guard lock(mutex_);
  reactor_ = nullptr;
  close(grpc::Status::CANCELLED);
}

bool ReplyQueue::has_room() const { return waiting_.size() < kMostMessages && bytes_ < kMostBytes; }

bool ReplyQueue::push(grpc::ByteBuffer buffer) {
  bytes_ += buffer.Length();
  waiting_.push_back(std::move(buffer));
  if (!writing_) write_front();
  return true;
}

// While more waits, gRPC may hold the message back to send several at once.
void ReplyQueue::write_front() {
  writing_ = true;
  grpc::WriteOptions options;
  if (waiting_.size() > 1) options.set_buffer_hint();
  reactor_->StartWrite(&waiting_.front(), options);
}

// Drops what waits, except what gRPC holds; an outcome set before stays.
void ReplyQueue::close(grpc::Status status) {
  if (!outcome_) outcome_ = std::move(status);
  while (waiting_.size() > (writing_ ? 1u : 0u)) {
    bytes_ -= waiting_.back().Length();
    waiting_.pop_back();
  }
  finish_if_idle();
  changed_.notify_all();
}

void ReplyQueue::finish_if_idle() {
  if (!outcome_ || finished_ || writing_ || !waiting_.empty() || reactor_ == nullptr) return;
  finished_ = true;
  reactor_->Finish(*outcome_);
}

}  // namespace mt
