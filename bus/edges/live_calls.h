// The calls of a kind that would wait for ever: told to end when the server stops.
#pragma once

#include <grpcpp/server_context.h>

#include <mutex>
#include <unordered_set>

namespace mt {

class LiveCalls {
 public:
  void add(grpc::CallbackServerContext& context) {
    const std::lock_guard lock(mutex_);
    calls_.insert(&context);
    if (cancelled_) context.TryCancel();
  }

  void remove(grpc::CallbackServerContext& context) {
    const std::lock_guard lock(mutex_);
    calls_.erase(&context);
  }

  // Those that are there, and those to come.
  void cancel_all() {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    for (grpc::CallbackServerContext* call : calls_) call->TryCancel();
  }

 private:
  std::mutex mutex_;
  std::unordered_set<grpc::CallbackServerContext*> calls_;
  bool cancelled_ = false;
};

}  // namespace mt
