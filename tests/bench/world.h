// World: the server that holds the cities, imported once by the first benchmark that needs them.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "tests/bench/cities.h"
#include "tests/bench/load_client.h"
#include "tests/bench/server.h"

namespace mt::bench {

struct Settings {
  bool quick = false;
  std::filesystem::path folder;  // for all that is written
};

class World {
 public:
  explicit World(Settings settings);

  const Settings& settings() const { return settings_; }
  bool quick() const { return settings_.quick; }
  // One of so many cities is taken.
  std::size_t stride() const { return quick() ? 100 : 1; }
  const std::vector<City>& cities();
  // With the countries in, and all cities().
  Server& server();
  // How the import went that filled it.
  const LoadReport& import();

 private:
  void fill();

  const Settings settings_;
  std::vector<City> cities_;
  std::unique_ptr<Server> server_;
  std::optional<LoadReport> import_;
};

constexpr int kImportInFlight = 128;

// The table of places as the node's status tells of it, with all events in. Throws otherwise.
::sys::core::v1::TableStatus places_status(const Client& superadmin);

}  // namespace mt::bench
