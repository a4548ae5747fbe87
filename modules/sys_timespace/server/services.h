// Binds the module's services, each method in a line; one source file a service.
#pragma once

#include <memory>
#include <utility>

#include "actors/api.h"
#include "modules/sys_timespace/server/tables.h"

namespace mt::sys_timespace {

// `deps` is valid as long as the node, and so as long as the methods.
Result<void> bind_places(Api& api, const Deps& deps, const Tables& tables);
Result<void> bind_countries(Api& api, const Deps& deps, const Tables& tables);
Result<void> bind_time(Api& api, const Deps& deps, const Tables& tables);

// The handler of a query that names countries, in the request's language or the configured one.
template <typename P, typename Request, typename Response>
auto naming_countries(const Deps& deps, const Tables& tables, std::shared_ptr<const P> projection,
                      Result<Response> (P::*read)(const Request&, const KvReader&, CountryNamer&)
                          const) {
  return [&deps, names = tables.country_names, projection = std::move(projection), read](
             const Request& request, const Query& query) -> Result<Response> {
    CountryNamer namer(*names, query.tables, request.language(),
                       deps.config_as<v1::Config>().default_language());
    return (*projection.*read)(request, query.tables, namer);
  };
}

}  // namespace mt::sys_timespace
