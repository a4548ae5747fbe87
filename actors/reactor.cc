#include "actors/reactor.h"

#include <exception>

#include "events/event_codec.h"

namespace mt {

Reactor& Reactor::add(const google::protobuf::Descriptor& event, Answer answer) {
  events_.push_back(&event);
  answers_[event.name()] = std::move(answer);
  return *this;
}

Result<void> Reactor::decode(const StoredEvent& stored, Message& event) {
  const std::uint32_t known = schema_of(*event.GetDescriptor());
  if (stored.schema != known) {
    return data_loss("event " + to_string(EventKind{stored.type, stored.schema}) +
                     " cannot be read; this program reads schema " + std::to_string(known));
  }
  if (event.ParseFromString(stored.payload)) return {};
  return data_loss("the payload of event " + stored.type + " does not parse");
}

Result<CommandCalls> Reactor::react(const StoredEvent& event, const EventMeta& meta) const {
  try {
    return answers_.at(event.type)(event, meta);
  } catch (const std::exception& thrown) {
    return internal(std::string("the reactor threw: ") + thrown.what());
  } catch (...) {
    return internal("the reactor threw");
  }
}

}  // namespace mt
