// One call on its way through the dispatcher: what the edge knew, and what a handler gets and
// gives.
#pragma once

#include <google/protobuf/message.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bus/caller.h"
#include "events/base/clock.h"
#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/record.h"

namespace mt {

using Message = google::protobuf::Message;

// What an edge hands in beside the request's bytes.
struct CallInput {
  std::string method;            // "package.Service/Method"
  std::string token;             // bearer token; empty: none
  std::optional<Caller> caller;  // set by edges that know it (unix socket, in process)
  std::optional<std::string> idempotency_key;
  std::string correlation;  // empty: one is made
  std::string causation;
  std::optional<std::chrono::steady_clock::time_point> deadline;
};

// What a handler may know of its call.
struct CallContext {
  Caller caller;
  CommandRef command;  // id and digest; for queries an id for the logs only
  Origin origin;
  std::chrono::steady_clock::time_point deadline;
};

// The answer of a unary call.
struct Reply {
  std::shared_ptr<const Message> message;  // null: `bytes` hold it
  std::string bytes;                       // a stored reply, serialized
  ModuleName module;                       // with `position`: where the command's events are
  Position position;                       // 0: nothing was written
  bool repeated = false;                   // the stored reply of an earlier time
  CommandId command = {};                  // of commands; filled in by the dispatcher
};

// Called exactly once, on any thread.
using Respond = std::function<void(Result<Reply>)>;

// The receiving end of a watch; implemented by the edge. Any thread, one at a time. Held by a
// shared_ptr: a handler may go on writing after it returned, until the caller leaves.
class ReplyStream {
 public:
  virtual ~ReplyStream() = default;

  // Queues a message; false once the caller is gone (cancelled, deadline) or too slow: stop then.
  // A bounded number waits; a handler that can wait calls write_when_ready instead.
  virtual bool write(const Message& message) = 0;
  // Blocks while the queue is full. For worker threads only.
  virtual bool write_when_ready(const Message& message) = 0;
  // Drops the message while an earlier one still waits, and never blocks: for progress, of which
  // only the newest is of use. False once the caller is gone.
  virtual bool write_if_ready(const Message& message) { return write(message); }
  // Blocks until the client's connection has taken all that was written, at most that long, and
  // says whether it has. For threads of their own.
  virtual bool wait_until_sent(std::chrono::milliseconds) { return true; }
  virtual bool is_open() const = 0;
  // Ends the stream; an Ok Result closes it in order. Exactly once, after the last write.
  virtual void finish(Result<void> outcome) = 0;
};

}  // namespace mt
