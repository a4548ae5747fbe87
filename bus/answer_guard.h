// Guards around what a handler answers with: the caller is answered exactly once, whatever the
// handler does with its Respond or its stream.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "bus/call.h"
#include "bus/call_accounts.h"
#include "bus/prepared_call.h"

namespace mt {

// The answer that a unary call waits for. Held by every copy of the handler's Respond; when the
// last is gone without an answer, the caller gets INTERNAL. An answered call is no longer open,
// even if its handler keeps the Respond.
class PendingReply {
 public:
  PendingReply(CallTicket ticket, std::shared_ptr<const PreparedCall> call, Respond respond);
  PendingReply(const PendingReply&) = delete;
  PendingReply& operator=(const PendingReply&) = delete;
  ~PendingReply();

  // Passes the first answer on, ignores and logs any other. Any thread.
  void answer(Result<Reply> reply);

 private:
  std::optional<CallTicket> ticket_;
  std::shared_ptr<const PreparedCall> call_;
  Respond respond_;
  std::atomic<bool> answered_ = false;
};

// The stream that a watch's handler writes to. Ends it with INTERNAL when the handler lets it go
// without an outcome. When the dispatcher stops, the handler finds it closed, and the client is
// told that it was cut off.
class GuardedStream final : public ReplyStream {
 public:
  GuardedStream(CallTicket ticket, std::shared_ptr<const PreparedCall> call,
                std::shared_ptr<ReplyStream> stream);
  ~GuardedStream() override;

  bool write(const Message& message) override;
  bool write_when_ready(const Message& message) override;
  bool write_if_ready(const Message& message) override;
  bool wait_until_sent(std::chrono::milliseconds patience) override;
  bool is_open() const override;
  void finish(Result<void> outcome) override;

 private:
  bool takes_more() const;

  std::shared_ptr<const CallAccounts> accounts_;
  std::optional<CallTicket> ticket_;
  std::shared_ptr<const PreparedCall> call_;
  std::shared_ptr<ReplyStream> stream_;
  std::atomic<bool> finished_ = false;
  mutable std::atomic<bool> cut_off_ = false;  // the handler was told to stop by us
};

}  // namespace mt
