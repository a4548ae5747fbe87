// Reactor: what an author declares of a follower that answers events with commands: a name, the
// module whose log it reads, and a pure function for each type of event. Plain data; it runs in
// actors/reactor_follower.h.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bus/call.h"
#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/record.h"
#include "projections/projection.h"

namespace mt {

// One call that a reactor wants to be made.
struct CommandCall {
  template <typename Request>
  CommandCall(std::string method_, Request request_)
      : method(std::move(method_)), request(std::make_shared<const Request>(std::move(request_))) {}

  std::string method;  // "package.Service/Method"
  std::shared_ptr<const Message> request;
};
using CommandCalls = std::vector<CommandCall>;

class Reactor {
 public:
  // `module` is whose reactor it is; it reads that module's log unless it is told otherwise.
  Reactor(const ModuleName& module, std::string name)
      : module_(module), name_(std::move(name)), source_(module) {}

  Reactor& reads(std::string module) {
    source_ = {std::move(module)};
    return *this;
  }
  // A new reactor begins with the first event of the log; without this, with the first one that
  // comes after the start of the first program that has it.
  Reactor& from_start() {
    from_start_ = true;
    return *this;
  }
  // The commands that an event, read as the newest schema, is answered with; none: it needs no
  // answer. The same event gives the same commands. An error, or a throw, parks the stream.
  template <typename Event>
  Reactor& on(std::function<Result<CommandCalls>(const Event&, const EventMeta&)> answer) {
    return add(*Event::descriptor(),
               [answer = std::move(answer)](const StoredEvent& stored, const EventMeta& meta) {
                 Event event;
                 const Result<void> decoded = decode(stored, event);
                 return decoded ? answer(event, meta) : Result<CommandCalls>(decoded.error());
               });
  }

  const ModuleName& module() const { return module_; }
  const std::string& name() const { return name_; }
  const ModuleName& source() const { return source_; }
  bool begins_at_start() const { return from_start_; }
  const std::vector<const google::protobuf::Descriptor*>& events() const { return events_; }

  // Whether it answers events of this type, the short name.
  bool answers(const std::string& type) const { return answers_.contains(type); }
  // Never throws: what the author's function throws becomes INTERNAL.
  Result<CommandCalls> react(const StoredEvent& event, const EventMeta& meta) const;

 private:
  using Answer = std::function<Result<CommandCalls>(const StoredEvent&, const EventMeta&)>;

  Reactor& add(const google::protobuf::Descriptor& event, Answer answer);
  static Result<void> decode(const StoredEvent& stored, Message& event);

  ModuleName module_;
  std::string name_;
  ModuleName source_;
  bool from_start_ = false;
  std::vector<const google::protobuf::Descriptor*> events_;
  std::map<std::string, Answer> answers_;  // by short name
};

}  // namespace mt
