// One method of the dispatch table: its descriptor, its rule from the .proto, its handler.
#pragma once

#include <google/protobuf/descriptor.h>

#include <functional>
#include <memory>
#include <string>

#include "bus/call.h"
#include "mt/api/v1/options.pb.h"

namespace mt {

using Kind = api::v1::Kind;
using MethodRule = api::v1::MethodRule;

// How a handler runs.
enum class Threading {
  kInline,  // on the caller's thread: reads tables or hands on, microseconds, never blocks
  // On a worker: may take its time (password hashing). Tasks that anyone may call have workers of
  // their own.
  kWorker,
};
// A watch runs on a thread of its own until its handler returns: it lasts as long as its caller
// stays.

using UnaryHandler = std::function<void(std::shared_ptr<const CallContext>,
                                        std::shared_ptr<const Message>, Respond)>;
using StreamHandler =
    std::function<void(std::shared_ptr<const CallContext>, std::shared_ptr<const Message>,
                       std::shared_ptr<ReplyStream>)>;

struct Method {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  ModuleName module;
  Threading threading = Threading::kInline;
  UnaryHandler unary;    // of commands and queries
  StreamHandler stream;  // of watches

  std::string name() const;        // "package.Service/Method"
  const MethodRule& rule() const;  // the option in its .proto
};

}  // namespace mt
