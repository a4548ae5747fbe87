// A later program than maintemplate2, which is to take over its logs: events of sys_timespace have
// a new schema there. MT_TEST_FLAW names what its author forgot, MT_TEST_PLACE the place that it
// shows with.
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

#include "actors/module.h"
#include "modules/mod_main/module.h"
#include "modules/sys_accounts/module.h"
#include "modules/sys_core/module.h"
#include "ops/runtime/container.h"
#include "projections/table.h"
#include "tests/proto/later.pb.h"

namespace mt::test {
namespace {

namespace later = ::mt::tests::later;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool has_flaw(std::string_view flaw) {
  static const std::string given = environment("MT_TEST_FLAW");
  return given == flaw;
}

const std::string& place_of_flaw() {
  static const std::string place = environment("MT_TEST_PLACE");
  return place;
}

struct Place {
  static constexpr std::string_view kCategory = "place";
  using Command = later::PlaceCommand;
  using Event = later::PlaceEvent;
  using State = later::PlaceRegistered;

  static Result<Decision<Event>> decide(const State&, const Command&, const DecideContext&) {
    return failed_precondition("a place takes no commands");
  }
  static void evolve(State& state, const Event& event) {
    if (has_flaw("throwing_entity") && event.registered().title() == place_of_flaw()) {
      throw std::runtime_error("no such title");
    }
    state = event.registered();
  }
};

struct Country {
  static constexpr std::string_view kCategory = "country";
  using Command = later::CountryCommand;
  using Event = later::CountryEvent;
  using State = later::CountryRegistered;

  static Result<Decision<Event>> decide(const State&, const Command&, const DecideContext&) {
    return failed_precondition("a country takes no commands");
  }
  static void evolve(State& state, const Event& event) { state = event.registered(); }
};

class Titles final : public ProjectionOf<later::PlaceEvent> {
 public:
  TableBase& table() override { return rows_; }
  using ProjectionOf::apply;
  void apply(const later::PlaceEvent& event, const EventMeta& meta, KvWriter& kv) override {
    if (has_flaw("throwing_table") && meta.stream.id == place_of_flaw()) {
      throw std::runtime_error("no room for it");
    }
    later::TitleRow row;
    row.set_place_id(meta.stream.id);
    row.set_title(event.registered().title());
    rows_.put(kv, row);
  }

 private:
  Table<later::TitleRow> rows_{
      "sys_timespace_titles", [](const later::TitleRow& row) { return row.place_id(); }, {}};
};

Result<StoredEvent> raise(StoredEvent event) {
  later::PlaceRegistered1 old;
  if (!old.ParseFromString(event.payload)) return data_loss("its payload does not parse");
  if (has_flaw("failing_step") && old.name() == place_of_flaw()) {
    return data_loss("a place without a province");
  }
  later::PlaceRegistered place;
  place.set_country_code(old.country_code());
  place.set_title(old.name() + ", " + old.country_code());
  event.payload = place.SerializeAsString();
  return event;
}

Module sys_timespace() {
  Module module("sys_timespace", "0.2.0", later::Config());
  module.entity<Place>();
  if (!has_flaw("removed_event")) module.entity<Country>();
  module.projection<Titles>();
  if (!has_flaw("missing_step")) module.upcasts("PlaceRegistered", 1, raise);
  return module;
}

}  // namespace
}  // namespace mt::test

int main(int argc, char** argv) {
  std::vector<mt::Module> modules;
  modules.push_back(mt::sys_core::sys_core());
  modules.push_back(mt::sys_accounts::sys_accounts());
  modules.push_back(mt::mod_main::mod_main());
  modules.push_back(mt::test::sys_timespace());
  return mt::run_container("later_program", MT_VERSION, std::move(modules), argc, argv);
}
