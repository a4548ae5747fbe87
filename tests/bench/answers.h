// Whether the server answers right: its places against the requests that made them.
#pragma once

#include <vector>

#include "ops/client/client.h"
#include "tests/bench/cities.h"

namespace mt::bench {

// Asks for places by id, by name and by distance, some `rounds` times at random. Throws at the
// first answer that is not what the cities say.
void check_answers(const Client& client, const std::vector<City>& cities, int rounds);

}  // namespace mt::bench
