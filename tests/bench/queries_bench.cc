#include <unistd.h>

#include <cstdio>
#include <optional>
#include <string>

#include "mod/main/v1/notices.pb.h"
#include "sys/accounts/v1/accounts.pb.h"
#include "tests/bench/answers.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/echo_server.h"

namespace mt::bench {
namespace {

namespace timespace = ::sys::timespace::v1;

constexpr double kOneInFlightMs = 1;
constexpr double kShareOfEcho = 60;
constexpr std::size_t kRequests = 1000;
constexpr const char* kOrg = "bench-org";

// What is asked of a server over and over, and what came of it.
struct Work {
  std::string name;
  Load load;
  bool has_bar = false;
  std::vector<LoadReport> reports = {};
};

// At most four bytes, whole characters.
std::string prefix_of(const std::string& name) {
  std::size_t size = std::min<std::size_t>(name.size(), 4);
  while (size < name.size() && (static_cast<unsigned char>(name[size]) & 0xC0) == 0x80) --size;
  return name.substr(0, size);
}

std::string get(const City& city) {
  timespace::GetPlaceRequest request;
  request.set_place_id(city.request.place_id());
  return request.SerializeAsString();
}

std::string find(const City& city) {
  timespace::FindPlacesRequest request;
  request.set_name_prefix(prefix_of(city.request.name()));
  request.set_page_size(10);
  return request.SerializeAsString();
}

std::string find_nearest(const City& city) {
  timespace::FindNearestRequest request;
  request.set_latitude(city.request.latitude());
  request.set_longitude(city.request.longitude());
  request.set_page_size(3);
  return request.SerializeAsString();
}

std::string post_notice() {
  mod::main::v1::PostNoticeRequest request;
  request.set_org_id(kOrg);
  request.set_title("A notice among many");
  request.set_text("It says little, but it is kept for ever.");
  return request.SerializeAsString();
}

void create_org(const Client& superadmin) {
  ::sys::accounts::v1::CreateOrgRequest request;
  request.set_org_id(kOrg);
  request.set_name("Bench");
  must(superadmin.call<::sys::accounts::v1::CreateOrgResponse>(
      "sys.accounts.v1.OrgService/CreateOrg", request));
}

// The same request of cities all over the set, made before the clock runs.
std::function<std::string(std::uint64_t)> requests(const std::vector<City>& cities,
                                                   std::string (*request_of)(const City&)) {
  std::vector<std::string> made;
  for (std::size_t i = 0; i < kRequests; ++i)
    made.push_back(request_of(cities[i * 7919 % cities.size()]));
  return [made = std::move(made)](std::uint64_t n) { return made[n % made.size()]; };
}

std::vector<Work> works_of(World& world, const std::string& echo) {
  const auto& cities = world.cities();
  const std::string server = world.server().address();
  const std::string service = "sys.timespace.v1.PlaceService/";
  std::vector<Work> works;
  works.push_back({"bare gRPC echo", {echo, "bench/Echo", requests(cities, get)}});
  works.push_back({"Get", {server, service + "Get", requests(cities, get)}, true});
  works.push_back({"Find by prefix", {server, service + "Find", requests(cities, find)}, true});
  works.push_back(
      {"FindNearest", {server, service + "FindNearest", requests(cities, find_nearest)}, true});
  works.push_back({"PostNotice, a command, D2",
                   {server, "mod.main.v1.NoticeService/PostNotice",
                    [bytes = post_notice()](std::uint64_t) { return bytes; }}});
  works.back().load.token = world.server().superadmin_token();
  return works;
}

void measure(Work& work, int in_flight, bool quick) {
  Load load = work.load;
  load.in_flight = in_flight;
  load.duration = std::chrono::seconds(1);
  if (quick) load.calls = 100;
  const LoadReport report = put_load(load);
  must(report.failed == 0, work.name + " never fails; " + report.first_failure);
  must(report.answered > 0, work.name + " is answered");
  work.reports.push_back(report);
}

double median_of(const Work& work, double (*figure)(const LoadReport&)) {
  std::vector<double> values;
  for (const LoadReport& report : work.reports) values.push_back(figure(report));
  return median(std::move(values));
}

double rate(const LoadReport& report) { return report.per_second; }
double p50_ms(const LoadReport& report) { return static_cast<double>(report.p50.count()) / 1e6; }
double p99_ms(const LoadReport& report) { return static_cast<double>(report.p99.count()) / 1e6; }

Row row_of(const Work& work, int in_flight, double echo_rate) {
  const double per_s = median_of(work, rate);
  const Figure p50{"p50", median_of(work, p50_ms), "ms"};
  const Figure share{"of echo", 100 * per_s / echo_rate, "%"};
  Row row{"queries",
          work.name + ", " + std::to_string(in_flight) + " in flight",
          {per_second(per_s), p50, {"p99", median_of(work, p99_ms), "ms"}, share}};
  if (work.has_bar && in_flight == 1) row.bar = below(kOneInFlightMs, p50);
  if (work.has_bar && in_flight == 128) row.bar = at_least(kShareOfEcho, share);
  return row;
}

}  // namespace

void queries(World& world, Report& report) {
  create_org(world.server().superadmin());
  test::Process echo({"/proc/self/exe", {"--serve-echo"}});
  const std::string address = word_of(echo.wait_for_line("echo "), "grpc");
  for (const int in_flight : {1, 16, 128}) {
    auto works = works_of(world, address);
    // In turns, so that a machine that is slow for a while is slow for all.
    for (int round = 0; round < (world.quick() ? 1 : 5); ++round)
      for (Work& work : works) measure(work, in_flight, world.quick());
    const double echo_rate = median_of(works.front(), rate);
    for (const Work& work : works) {
      Row row = row_of(work, in_flight, echo_rate);
      if (world.quick()) row.bar.reset();
      report.add(std::move(row));
    }
  }
  check_answers(world.server().superadmin(), world.cities(), 20);
}

int serve_echo() {
  const EchoServer server;
  std::printf("echo grpc=%s\n", server.address().c_str());
  std::fflush(stdout);
  return pause();
}

}  // namespace mt::bench
