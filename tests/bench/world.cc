#include "tests/bench/world.h"

#include <stdexcept>
#include <utility>

namespace mt::bench {
namespace {

namespace core = ::sys::core::v1;

void apply_set(const Client& superadmin, const std::string& module, const std::string& set) {
  core::ApplySetRequest request;
  request.set_module(module);
  request.set_set(set);
  core::ApplySetProgress last;
  must(superadmin.watch<core::ApplySetProgress>("sys.core.v1.BootstrapService/ApplySet", request,
                                                [&](const core::ApplySetProgress& progress) {
                                                  last = progress;
                                                  return true;
                                                }));
  must(last.done() && last.refused() == 0, module + "/" + set + " is applied");
}

LoadReport import_cities(const std::vector<City>& cities, Server& server) {
  Load load;
  load.target = server.address();
  load.method = "sys.timespace.v1.PlaceService/RegisterPlace";
  load.request = [&](std::uint64_t n) { return cities[n].bytes; };
  load.key = [&](std::uint64_t n) { return "import-" + cities[n].request.place_id(); };
  load.token = server.superadmin_token();
  load.in_flight = kImportInFlight;
  load.calls = cities.size();
  load.duration = std::chrono::hours(1);
  return put_load(load);
}

}  // namespace

World::World(Settings settings) : settings_(std::move(settings)) {}

const std::vector<City>& World::cities() {
  if (cities_.empty()) cities_ = read_cities(stride());
  return cities_;
}

Server& World::server() {
  if (!server_) fill();
  return *server_;
}

const LoadReport& World::import() {
  if (!import_) fill();
  return *import_;
}

void World::fill() {
  server_ = std::make_unique<Server>(settings_.folder / "world");
  apply_set(server_->superadmin(), "sys_timespace", "countries");
  import_ = import_cities(cities(), *server_);
  must(import_->failed == 0, "no command of the import fails; " + import_->first_failure);
  must(import_->answered == cities().size(), "every command is answered");
  must(places_status(server_->superadmin()).rows() == cities().size(), "every city is a row");
}

core::TableStatus places_status(const Client& superadmin) {
  const auto status = must(superadmin.call<core::GetStatusResponse>(
      "sys.core.v1.StatusService/GetStatus", core::GetStatusRequest()));
  for (const auto& module : status.modules())
    for (const auto& table : module.tables()) {
      if (table.name() != "sys_timespace_places") continue;
      must(table.state() == "live" && table.lag() == 0, "the places are live, without lag");
      return table;
    }
  throw std::runtime_error("there is no table of places");
}

}  // namespace mt::bench
