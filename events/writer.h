// LogWriter: the one thread that appends to the logs of a node. It takes all that waits, refuses
// what does not hold (expected version, condition, claims, command id), appends the rest in one
// transaction with one flush for all modules, and then answers each caller.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "events/base/clock.h"
#include "events/base/result.h"
#include "events/derived.h"
#include "events/event_log.h"
#include "events/record.h"

namespace mt {

// Where a commit is in the log. When the command id was known already, `repeated` is set, nothing
// was written, and the place, type and reply are those of the first time.
struct Appended {
  Position last;
  Version version;
  bool repeated = false;
  std::string reply_type = {};
  std::string reply = {};
};

// Called exactly once, on the writer's thread (on the caller's own once the writer has stopped);
// must not block. ABORTED: the stream is not at the expected version (load again and decide again).
// ABORTED too: an event has come that the commit's condition excludes.
// ALREADY_EXISTS: a claim is held by another entity, or the command id came with another digest.
// FAILED_PRECONDITION: a claim is given up that the entity does not hold.
// INVALID_ARGUMENT: the commit is over 16 MiB or could not be read again (events/commit_limits.h).
// DATA_LOSS: what the derived state says of this commit is damaged; others go on.
// UNAVAILABLE: the log takes nothing more (flush failed, disk full) or the writer has stopped.
using AppendDone = std::function<void(Result<Appended>)>;

class LogWriter {
 public:
  // Called on the writer's thread after each flush, before the callers are answered.
  using Grown = std::function<void()>;

  // All references outlive the writer; the modules' logs are open.
  LogWriter(EventLog& log, const Derived& derived, const Clock& clock, Grown grown);
  ~LogWriter();  // stop()

  // From any thread. A commit holds at least one event.
  void append(ModuleName module, Commit commit, AppendDone done);

  // Writes what waits, then ends the thread; later appends are answered UNAVAILABLE. Not from
  // `done`.
  void stop();

  // Why the writer takes nothing more; empty while it does.
  std::string failure() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mt
