#include "modules/sys_timespace/module.h"

#include <string>
#include <utility>

#include "modules/sys_timespace/server/country.h"
#include "modules/sys_timespace/server/languages.h"
#include "modules/sys_timespace/server/place.h"
#include "modules/sys_timespace/server/services.h"

namespace mt::sys_timespace {
namespace {

v1::Config defaults() {
  v1::Config config;
  config.set_default_language(std::string(kEnglish));
  config.mutable_commands()->set_remember_hours(kRememberedHours);
  return config;
}

Result<void> check_config(const Message& message) {
  const auto& config = static_cast<const v1::Config&>(message);
  if (!language_tag(config.default_language()).empty()) return {};
  return invalid_field("default_language", "\"" + config.default_language() +
                                               "\" is not a language tag; write it like \"pt-BR\"");
}

}  // namespace

Module sys_timespace() {
  return sys_timespace([](Module& module) { return module.projection<Places>(); });
}

Module sys_timespace(const MakePlaces& make_places) {
  Module module("sys_timespace", "0.1.0", defaults());
  module.entity<Place>();
  module.entity<Country>();
  const Tables tables{make_places(module), module.projection<Countries>(),
                      module.projection<CountryNames>()};
  const auto serve = [&](const char* service, auto bind) {
    module.serve(service, [=](Api& api, const Deps& deps) { return bind(api, deps, tables); });
  };
  serve("sys.timespace.v1.PlaceService", bind_places);
  serve("sys.timespace.v1.CountryService", bind_countries);
  serve("sys.timespace.v1.TimeService", bind_time);
  module.checks_config(check_config);
  return module;
}

}  // namespace mt::sys_timespace
