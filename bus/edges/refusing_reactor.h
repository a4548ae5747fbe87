// Answers a call with a status and nothing else. Deletes itself.
#pragma once

#include <grpcpp/generic/async_generic_service.h>

namespace mt {

class RefusingReactor final : public grpc::ServerGenericBidiReactor {
 public:
  explicit RefusingReactor(grpc::Status status) { Finish(std::move(status)); }
  void OnDone() override { delete this; }

 private:
  ~RefusingReactor() override = default;
};

}  // namespace mt
