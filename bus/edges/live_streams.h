// The server streams that are open. Most last as long as their clients stay, so a stop ends them
// instead of waiting.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_set>

#include "bus/call.h"

namespace mt {

class LiveStreams {
 public:
  void add(const std::shared_ptr<ReplyStream>& stream) {
    const std::lock_guard lock(mutex_);
    streams_.insert(stream);
    if (ended_) end(*stream);
  }

  void remove(const std::shared_ptr<ReplyStream>& stream) {
    const std::lock_guard lock(mutex_);
    streams_.erase(stream);
  }

  // Those that are there, and those to come, once what they have queued is sent.
  void end_all() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    for (const auto& stream : streams_) end(*stream);
  }

 private:
  static void end(ReplyStream& stream) {
    stream.finish(unavailable("the server is stopping; try again soon"));
  }

  std::mutex mutex_;
  std::unordered_set<std::shared_ptr<ReplyStream>> streams_;
  bool ended_ = false;
};

}  // namespace mt
