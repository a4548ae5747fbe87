#include "modules/sys_timespace/server/place.h"

#include <google/protobuf/util/message_differencer.h>

#include <utility>

#include "modules/sys_timespace/server/fold.h"
#include "modules/sys_timespace/server/zones.h"

namespace mt::sys_timespace {
namespace {

using google::protobuf::util::MessageDifferencer;

v1::PlaceRegistered registered(const v1::RegisterPlaceRequest& request) {
  v1::PlaceRegistered place;
  place.set_name(request.name());
  place.set_country_code(request.country_code());
  place.set_admin_code(request.admin_code());
  place.set_feature_code(request.feature_code());
  place.set_population(request.population());
  place.set_latitude(request.latitude());
  place.set_longitude(request.longitude());
  place.set_time_zone(request.time_zone());
  return place;
}

// What the fields' rules cannot say.
Result<void> check_request(const v1::RegisterPlaceRequest& request) {
  if (fold(request.name()).empty()) {
    return invalid_field("name", "has no character by which the place could be found");
  }
  if (!request.time_zone().empty()) {
    MT_TRY([[maybe_unused]] const auto zone, zone_of("time_zone", request.time_zone()));
  }
  return {};
}

Result<Decision<Place::Event>> register_place(const Place::State& state,
                                              const v1::RegisterPlaceRequest& request,
                                              const DecideContext& context) {
  v1::PlaceRegistered place = registered(request);
  v1::RegisterPlaceResponse response;
  response.set_place_id(context.id);
  if (context.exists()) {
    if (MessageDifferencer::Equals(state, place)) {
      return nothing_to_do<Place::Event>(std::move(response));
    }
    return already_exists("place " + context.id + " is registered with other data");
  }
  MT_CHECK_OK(check_request(request));
  v1::PlaceEvent event;
  *event.mutable_registered() = std::move(place);
  return accept(std::move(event), std::move(response));
}

}  // namespace

Result<Decision<Place::Event>> Place::decide(const State& state, const Command& command,
                                             const DecideContext& context) {
  switch (command.command_case()) {
    case Command::kRegister:
      return register_place(state, command.register_(), context);
    case Command::COMMAND_NOT_SET:
      break;
  }
  return invalid_argument("the command is empty");
}

void Place::evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kRegistered:
      state = event.registered();
      break;
    case Event::EVENT_NOT_SET:
      break;
  }
}

}  // namespace mt::sys_timespace
