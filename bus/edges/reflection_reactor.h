// One reflection stream on gRPC's side: an answer for each request, in turn. Deletes itself.
#pragma once

#include "bus/edges/edge_reactor.h"
#include "bus/edges/live_calls.h"
#include "bus/edges/reflection.h"

namespace mt {

class ReflectionReactor final : public EdgeReactor {
 public:
  ReflectionReactor(grpc::CallbackServerContext& context, CallPlaces places,
                    const Reflection& reflection, LiveCalls& live);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;

 private:
  ~ReflectionReactor() override = default;
  void done() override;

  grpc::CallbackServerContext& context_;
  const Reflection& reflection_;
  LiveCalls& live_;
  Reflection::Sent sent_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

}  // namespace mt
