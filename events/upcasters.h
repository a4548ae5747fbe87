// Upcasters turn an event of an older schema into the next one, on every read path. Pure functions,
// chained by type and schema version; the log itself never changes.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "events/base/result.h"
#include "events/record.h"

namespace mt {

class Upcasters {
 public:
  // Takes the payload of `schema`, gives the payload of `schema + 1`; may rename the event's type.
  using Step = std::function<Result<StoredEvent>(StoredEvent)>;

  // Two steps for one (type, schema) are refused with ALREADY_EXISTS.
  Result<void> add(std::string type, std::uint32_t schema, Step step);

  // The event in the newest schema that the steps lead to. The result's schema has grown with each
  // step (a step that does not raise it, or a failing one, is DATA_LOSS naming type and schema).
  Result<StoredEvent> upcast(StoredEvent event) const;

  bool empty() const { return steps_.empty(); }

 private:
  std::map<std::pair<std::string, std::uint32_t>, Step> steps_;
};

}  // namespace mt
