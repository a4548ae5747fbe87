// EventPrinter: stored events of one module as API records. Upcast first, as on every read path;
// secrets are not shown.
#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <string>
#include <vector>

#include "actors/node_control.h"
#include "events/record.h"
#include "sys/core/v1/core.pb.h"

namespace mt::sys_core {

namespace v1 = ::sys::core::v1;

class EventPrinter {
 public:
  EventPrinter(const ModuleInfo& module, const Upcasters* upcasters);

  // The `index`-th event of the record. An event whose payload cannot be read (no such type in this
  // binary, damaged upcaster) is shown with an empty payload and the reason under "unreadable".
  v1::EventRecord print(const CommitRecord& record, std::size_t index) const;

 private:
  google::protobuf::Struct payload_of(const StoredEvent& event) const;

  ModuleName module_;
  const Upcasters* upcasters_;
  std::map<std::string, const google::protobuf::Descriptor*> types_;  // by short name
};

// Whether the record's text (type, stream, tags, payload as JSON) contains `text`.
bool mentions(const v1::EventRecord& event, const std::string& text);

}  // namespace mt::sys_core
