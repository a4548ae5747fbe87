// EventTypes: the events that a program knows of one module, each with its current schema, and
// whether it can read what a log holds. Pure.
#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <string>
#include <vector>

#include "events/base/result.h"
#include "events/upcasters.h"

namespace mt {

class EventTypes {
 public:
  struct Type {
    const google::protobuf::Descriptor* message = nullptr;
    std::uint32_t schema = 1;  // the current one, as its .proto declares it
  };

  EventTypes() = default;
  // `oneofs`: messages of one oneof each, as entities and projections name them.
  explicit EventTypes(const std::vector<const google::protobuf::Descriptor*>& oneofs);

  // Null: the program has no such event.
  const Type* find(const std::string& type) const;
  const std::map<std::string, Type>& all() const { return types_; }

  // Whether events of this kind are read as a current one, by way of the upcasters.
  // FAILED_PRECONDITION says why not.
  Result<void> can_read(const EventKind& kind, const Upcasters& upcasters) const;

 private:
  std::map<std::string, Type> types_;
};

// Whether each older schema of each event leads to the current one. FAILED_PRECONDITION naming type
// and schemas when a step is missing, leads past the current schema, or to an event that is not
// there; what Upcasters::add refused is told as well.
Result<void> check_chains(const Upcasters& upcasters, const EventTypes& types);

}  // namespace mt
