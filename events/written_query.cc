#include "events/written_query.h"

#include <string>

namespace mt {

TagQuery as_written(TagQuery query, const Upcasters* upcasters) {
  if (upcasters == nullptr) return query;
  for (const auto& [kind, next] : upcasters->steps()) {
    const std::string read_as = upcasters->leads_to(kind).type;
    for (TagQuery::Item& item : query.items) {
      if (item.types.empty() || !item.takes(read_as) || item.takes(kind.type)) continue;
      item.types.push_back(kind.type);
    }
  }
  return query;
}

}  // namespace mt
