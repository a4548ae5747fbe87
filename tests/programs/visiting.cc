// A container like the one that is shipped, with a module whose reactor visits each place that
// comes into the log of sys_timespace. MT_NO_VISITS names a country that it cannot bear: what a
// better program can.
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "modules/sys_main/sys_main.h"
#include "ops/runtime/container.h"
#include "sys/timespace/v1/storage.pb.h"
#include "tests/proto/visits.pb.h"

namespace mt::test {
namespace {

namespace visits = ::mt::tests::visits;
namespace timespace = ::sys::timespace::v1;

// Makes as many visits as it is asked for: a command that came twice shows.
struct Visit {
  static constexpr std::string_view kCategory = "visit";
  using Command = visits::VisitCommand;
  using Event = visits::VisitEvent;
  struct State {};

  static Result<Decision<Event>> decide(const State&, const Command&, const DecideContext&) {
    Event event;
    event.mutable_made();
    return accept(std::move(event), visits::MakeVisitResponse());
  }
  static void evolve(State&, const Event&) {}
};

Result<CommandCalls> visit(const timespace::PlaceRegistered& place, const EventMeta& meta) {
  const char* no_visits = std::getenv("MT_NO_VISITS");
  if (no_visits != nullptr && place.country_code() == no_visits) {
    throw std::runtime_error("no visits to " + place.country_code());
  }
  visits::MakeVisitRequest request;
  request.set_place_id(meta.stream.id);
  return CommandCalls{{"mt.tests.visits.VisitService/MakeVisit", request}};
}

Module test_visits() {
  visits::Config config;
  config.mutable_commands()->set_remember_hours(1);
  Module module("test_visits", "1", std::move(config));
  module.entity<Visit>();
  module.serve("mt.tests.visits.VisitService",
               [](Api& api, const Deps&) { return api.entity<Visit>(); });
  module.reactor("visit").reads("sys_timespace").from_start().on<timespace::PlaceRegistered>(visit);
  return module;
}

}  // namespace
}  // namespace mt::test

int main(int argc, char** argv) {
  auto modules = mt::sys_main();
  modules.push_back(mt::test::test_visits());
  return mt::run_container("visiting", MT_VERSION, std::move(modules), argc, argv);
}
