// The world's cities as requests, out of the bootstrap set that the build made.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sys/timespace/v1/places.pb.h"

namespace mt::bench {

struct City {
  ::sys::timespace::v1::RegisterPlaceRequest request;
  std::string bytes;  // the request, serialized
};

// Every `stride`-th of them. Throws when the set is not there.
std::vector<City> read_cities(std::size_t stride);

// Kilometres between two points of the sphere that the Earth nearly is.
double distance_km(double latitude, double longitude,
                   const ::sys::timespace::v1::RegisterPlaceRequest& city);

// Writes a set's file to `to`, with only every `stride`-th of its commands.
void write_short_set(const std::string& set, std::size_t stride, const std::string& to);

}  // namespace mt::bench
