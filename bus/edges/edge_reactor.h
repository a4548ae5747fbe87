// What all calls of the edge have in common on gRPC's side: their places among the open calls,
// which they leave when gRPC is done with them.
#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include <optional>
#include <utility>

#include "bus/edges/open_calls.h"

namespace mt {

struct CallPlaces {
  OpenCalls::Place open;                      // among all of its door
  std::optional<OpenCalls::Place> side = {};  // among those of its kind that pass no admission
};

class EdgeReactor : public grpc::ServerGenericBidiReactor {
 public:
  explicit EdgeReactor(CallPlaces places) : places_(std::move(places)) {}

  void OnDone() final {
    const CallPlaces places = std::move(places_);
    done();
  }

 protected:
  ~EdgeReactor() override = default;

  // gRPC calls nothing more; the reactor may delete itself.
  virtual void done() = 0;

 private:
  CallPlaces places_;
};

}  // namespace mt
