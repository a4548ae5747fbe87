#include "tests/bench/cities.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <stdexcept>
#include <string_view>

#include "tests/fixture/built.h"

namespace mt::bench {
namespace {

constexpr std::string_view kRequest = R"("request":)";

struct SetLines {
  std::string header;
  std::vector<std::string> commands;
};

SetLines read_set(const std::string& set, std::size_t stride) {
  const auto path = test::build_folder() / "share/maintemplate/bootstrap/sys_timespace" / set;
  std::ifstream file(path);
  SetLines lines;
  if (!std::getline(file, lines.header))
    throw std::runtime_error(path.string() + " is missing; build the target `datasets`");
  std::size_t number = 0;
  for (std::string line; std::getline(file, line);)
    if (number++ % stride == 0) lines.commands.push_back(std::move(line));
  return lines;
}

void parse(const std::string& json, google::protobuf::Message& message) {
  const auto status = google::protobuf::util::JsonStringToMessage(json, &message);
  if (!status.ok()) throw std::runtime_error("not as expected: " + json);
}

}  // namespace

std::vector<City> read_cities(std::size_t stride) {
  std::vector<City> cities;
  for (const std::string& line : read_set("cities.ndjson", stride).commands) {
    const std::size_t begin = line.find(kRequest) + kRequest.size();
    City& city = cities.emplace_back();
    parse(line.substr(begin, line.size() - begin - 1), city.request);
    city.bytes = city.request.SerializeAsString();
  }
  return cities;
}

double distance_km(double latitude, double longitude,
                   const ::sys::timespace::v1::RegisterPlaceRequest& city) {
  constexpr double kRadians = std::numbers::pi / 180;
  constexpr double kEarthRadiusKm = 6371.0088;
  const double half_dy = std::sin((city.latitude() - latitude) * kRadians / 2);
  const double half_dx = std::sin((city.longitude() - longitude) * kRadians / 2);
  const double chord = half_dy * half_dy + std::cos(latitude * kRadians) *
                                               std::cos(city.latitude() * kRadians) * half_dx *
                                               half_dx;
  return 2 * kEarthRadiusKm * std::asin(std::min(1.0, std::sqrt(chord)));
}

void write_short_set(const std::string& set, std::size_t stride, const std::string& to) {
  const SetLines lines = read_set(set, stride);
  google::protobuf::Struct header;
  parse(lines.header, header);
  (*header.mutable_fields())["commands"].set_number_value(
      static_cast<double>(lines.commands.size()));
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(header, &text).ok())
    throw std::runtime_error("a set's header is JSON");
  std::filesystem::create_directories(std::filesystem::path(to).parent_path());
  std::ofstream file(to);
  file << text << '\n';
  for (const std::string& line : lines.commands) file << line << '\n';
}

}  // namespace mt::bench
