#include <chrono>
#include <string>

#include "tests/bench/answers.h"
#include "tests/bench/benchmarks.h"

namespace mt::bench {
namespace {

namespace core = ::sys::core::v1;

constexpr const char* kPlaces = "sys_timespace_places";
constexpr double kRebuildSeconds = 2;
constexpr double kStartSeconds = 1;

// The last report, and the seconds from the call to the stream's end.
struct Fold {
  core::ProjectionProgress last;
  double seconds = 0;
};

template <typename Request>
Fold fold(const Client& superadmin, const std::string& method) {
  Request request;
  request.set_table(kPlaces);
  Fold fold;
  const auto begin = std::chrono::steady_clock::now();
  must(superadmin.watch<core::ProjectionProgress>("sys.core.v1.ProjectionService/" + method,
                                                  request,
                                                  [&](const core::ProjectionProgress& progress) {
                                                    fold.last = progress;
                                                    return true;
                                                  }));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  fold.seconds = took.count();
  must(fold.last.done(), method + " ends");
  return fold;
}

int rounds(const World& world) { return world.quick() ? 1 : 5; }

double first_answer_seconds(const Server& server) {
  const auto begin = std::chrono::steady_clock::now();
  ::sys::timespace::v1::FindNearestRequest request;
  request.set_latitude(52.52);
  request.set_longitude(13.405);
  must(Client::connect(server.address())
           .call<::sys::timespace::v1::FindNearestResponse>(
               "sys.timespace.v1.PlaceService/FindNearest", request));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return took.count();
}

}  // namespace

void rebuild(World& world, Report& report) {
  const Client superadmin = world.server().superadmin();
  const auto cities = static_cast<double>(world.cities().size());
  std::vector<double> rebuilds;
  std::vector<double> verifies;
  for (int round = 0; round < rounds(world); ++round) {
    const Fold rebuilt = fold<core::RebuildProjectionRequest>(superadmin, "RebuildProjection");
    must(rebuilt.last.rows() == world.cities().size(), "every city is a row again");
    rebuilds.push_back(rebuilt.seconds);
    const Fold verified = fold<core::VerifyProjectionsRequest>(superadmin, "VerifyProjections");
    must(verified.last.equal(), "the table is what the log says");
    verifies.push_back(verified.seconds);
  }
  check_answers(superadmin, world.cities(), 20);
  const Figure took = seconds("", median(rebuilds));
  Row row{"rebuild", kPlaces, {took, per_second(cities / took.value)}};
  if (!world.quick()) row.bar = below(kRebuildSeconds, took);
  report.add(row);
  const Figure compared = seconds("", median(verifies));
  report.add({"verify", kPlaces, {compared, per_second(cities / compared.value)}});
  const auto bytes = static_cast<double>(world.server().anonymous_bytes());
  report.add({"memory", "of the container after the rebuilds", {{"anonymous", bytes / 1e6, "MB"}}});
}

void start(World& world, Report& report) {
  Server& server = world.server();
  std::vector<double> starts;
  std::vector<double> answers;
  for (int round = 0; round < rounds(world); ++round) {
    server.kill();
    server.start();
    starts.push_back(server.start_seconds());
    answers.push_back(first_answer_seconds(server));
  }
  const Client superadmin = server.superadmin();
  must(places_status(superadmin).rows() == world.cities().size(), "every city is still there");
  check_answers(superadmin, world.cities(), 20);
  const Figure took = seconds("ready", median(starts));
  Row row{"start",
          "after kill -9, with that log",
          {took, {"first answer", median(answers) * 1e3, "ms"}}};
  if (!world.quick()) row.bar = below(kStartSeconds, took);
  report.add(row);
}

}  // namespace mt::bench
