// Decisions across entities on a log of 135,000 tagged events: each of the world's cities is a
// student. Seats of courses are fought for by many clients at once, while courses are resized and
// students leave, through kill -9 and with tables that are folded anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "sys/core/v1/core.pb.h"
#include "sys/core/v1/tags.pb.h"
#include "tests/proto/enrolment.pb.h"
#include "tests/scenario/city_import.h"
#include "tests/scenario/container.h"
#include "tests/scenario/many_commands.h"

namespace mt::test {
namespace {

namespace core = ::sys::core::v1;
namespace enrolment = ::mt::tests::enrolment;

constexpr std::size_t kCities = 135'233;
constexpr std::size_t kClients = 8;
constexpr std::size_t kCourses = 20;
constexpr std::uint32_t kSeats = 25;       // of each course, at first
constexpr std::size_t kActive = 400;       // students that want courses
constexpr std::uint32_t kMostCourses = 2;  // of a student
constexpr std::size_t kWishes = 4;         // courses that each of them asks for
constexpr const char* kModule = "test_enrolment";

std::string course(std::size_t index) { return "course" + std::to_string(index); }

std::vector<Client> clients_of(const Container& container) {
  std::vector<Client> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(Client::connect("unix:" + container.socket().string()));
  }
  return clients;
}

SentCommand open_course(const std::string& id, std::uint32_t seats) {
  enrolment::OpenCourseRequest request;
  request.set_course_id(id);
  request.set_seats(seats);
  return {"mt.tests.enrolment.CourseService/OpenCourse", request.SerializeAsString(), "open/" + id};
}

SentCommand register_student(const std::string& id, const std::string& country) {
  enrolment::RegisterStudentRequest request;
  request.set_student_id(id);
  request.set_country(country);
  request.set_most_courses(kMostCourses);
  return {"mt.tests.enrolment.StudentService/RegisterStudent", request.SerializeAsString(),
          "register/" + id};
}

SentCommand enrol(const std::string& student, const std::string& course_id) {
  enrolment::EnrolRequest request;
  request.set_student_id(student);
  request.set_course_id(course_id);
  return {"mt.tests.enrolment.StudentService/Enrol", request.SerializeAsString(),
          "enrol/" + student + "/" + course_id};
}

SentCommand leave(const std::string& student, const std::string& course_id) {
  enrolment::LeaveRequest request;
  request.set_student_id(student);
  request.set_course_id(course_id);
  return {"mt.tests.enrolment.StudentService/Leave", request.SerializeAsString(),
          "leave/" + student + "/" + course_id};
}

SentCommand resize(const std::string& course_id, std::uint32_t seats, std::size_t turn) {
  enrolment::ResizeCourseRequest request;
  request.set_course_id(course_id);
  request.set_seats(seats);
  return {"mt.tests.enrolment.CourseService/ResizeCourse", request.SerializeAsString(),
          "resize/" + course_id + "/" + std::to_string(turn)};
}

using Cities = std::vector<sys::timespace::v1::RegisterPlaceRequest>;

std::vector<SentCommand> all_registrations(const Cities& cities) {
  std::vector<SentCommand> commands;
  for (std::size_t i = 0; i < kCourses; ++i) commands.push_back(open_course(course(i), kSeats));
  for (const auto& city : cities) {
    commands.push_back(register_student(city.place_id(), city.country_code()));
  }
  return commands;
}

// The first course is wanted by all, the others by some; then come resizes and leaves, and all in a
// fixed disorder.
std::vector<SentCommand> a_rush(const Cities& cities) {
  std::mt19937 dice(20'261'125);
  std::vector<SentCommand> commands;
  for (std::size_t s = 0; s < kActive; ++s) {
    const std::string& student = cities[s].place_id();
    std::set<std::size_t> wishes{0};
    while (wishes.size() < kWishes) wishes.insert(dice() % kCourses);
    for (const std::size_t wish : wishes) commands.push_back(enrol(student, course(wish)));
    if (s % 8 == 0) commands.push_back(leave(student, course(*wishes.rbegin())));
  }
  for (std::size_t turn = 0; turn < 10 * kCourses; ++turn) {
    commands.push_back(resize(course(turn % kCourses),
                              kSeats - 5 + static_cast<std::uint32_t>(dice() % 10), turn));
  }
  std::shuffle(commands.begin(), commands.end(), dice);
  return commands;
}

// What the log says of courses and students, with a check of both limits at every event.
struct LogFold {
  std::map<std::string, std::uint32_t> seats;
  std::map<std::string, std::set<std::string>> in_course;
  std::map<std::string, std::set<std::string>> of_student;
  std::map<std::string, std::vector<std::uint64_t>> tagged;  // positions by tag
  std::set<std::string> ever;                                // "student course" that was enrolled
  std::size_t enrolments = 0;

  void add(const core::EventRecord& event) {
    for (const std::string& tag : event.tags()) tagged[tag].push_back(event.position());
    const std::string id = event.stream().substr(event.stream().find('/') + 1);
    const auto& payload = event.payload().fields();
    if (event.type() == "CourseOpened" || event.type() == "CourseResized") {
      seats[id] = static_cast<std::uint32_t>(payload.at("seats").number_value());
      check_course(id, event.position());
      return;
    }
    if (event.type() != "StudentEnrolled" && event.type() != "StudentLeft") return;
    const std::string where = payload.at("course_id").string_value();
    if (event.type() == "StudentLeft") {
      EXPECT_EQ(in_course[where].erase(id), 1u);
      of_student[id].erase(where);
      return;
    }
    ++enrolments;
    ever.insert(id + " " + where);
    EXPECT_TRUE(in_course[where].insert(id).second) << id << " is in " << where << " twice";
    of_student[id].insert(where);
    EXPECT_LE(of_student[id].size(), kMostCourses) << id << " at " << event.position();
    check_course(where, event.position());
  }

  void check_course(const std::string& id, std::uint64_t position) {
    EXPECT_LE(in_course[id].size(), seats[id]) << id << " at " << position;
  }
};

LogFold fold_of(const Client& client) {
  LogFold fold;
  core::TailEventsRequest request;
  request.set_module(kModule);
  request.set_from_position(1);
  const auto ended = client.watch<core::TailEventsResponse>(
      "sys.core.v1.EventService/TailEvents", request, [&](const core::TailEventsResponse& answer) {
        fold.add(answer.event());
        return true;
      });
  EXPECT_TRUE(ended) << ended.error().message;
  return fold;
}

// All events with the tag, by the index, page by page.
std::vector<std::uint64_t> found(const Client& client, const std::string& tag) {
  std::vector<std::uint64_t> positions;
  core::FindEventsRequest request;
  request.set_module(kModule);
  request.add_items()->add_tags(tag);
  request.set_limit(1000);
  for (bool more = true; more;) {
    const auto page =
        client.call<core::FindEventsResponse>("sys.core.v1.TagService/FindEvents", request);
    EXPECT_TRUE(page) << page.error().message;
    if (!page) return positions;
    for (const auto& event : page->events()) positions.push_back(event.position());
    request.set_after_position(page->last());
    more = page->more();
  }
  return positions;
}

void expect_index_is_as_the_log(const Client& client, const LogFold& fold,
                                const std::set<std::string>& countries) {
  for (std::size_t i = 0; i < kCourses; ++i) {
    const std::string tag = "course:" + course(i);
    EXPECT_EQ(found(client, tag), fold.tagged.at(tag)) << tag;
  }
  for (const std::string& country : countries) {
    const std::string tag = "country:" + country;
    EXPECT_EQ(found(client, tag), fold.tagged.at(tag)) << tag;
  }
}

double per_second(std::size_t count, std::chrono::steady_clock::time_point since) {
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - since;
  return static_cast<double>(count) / took.count();
}

void send_all(const Container& container, ManyCommands& commands, std::size_t count) {
  const auto clients = clients_of(container);
  commands.run(clients, count);
  commands.settle();
  ASSERT_TRUE(commands.is_complete());
}

// Accepted, or refused by the entities themselves.
void expect_decided(const ManyCommands& commands, const std::vector<SentCommand>& sent,
                    const LogFold& fold) {
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const Code code = *commands.answer(i);
    EXPECT_TRUE(code == Code::kOk || code == Code::kFailedPrecondition)
        << sent[i].key << ": " << commands.first_message(code);
    enrolment::EnrolRequest request;
    if (code != Code::kOk || !sent[i].key.starts_with("enrol/")) continue;
    ASSERT_TRUE(request.ParseFromString(sent[i].request));
    EXPECT_TRUE(fold.ever.contains(request.student_id() + " " + request.course_id()))
        << sent[i].key << " was acknowledged and is lost";
  }
}

TEST(Enrolment, KeepsBothLimitsThroughKillsAndWithoutTables) {
  constexpr std::size_t kRounds = 5;
  const Cities cities = first_cities(kCities);
  Container container({.program = "enrolling"});
  {
    const auto begin = std::chrono::steady_clock::now();
    ManyCommands registrations(all_registrations(cities));
    send_all(container, registrations, kCities + kCourses);
    std::cout << "tagged events a second: " << per_second(kCities, begin) << '\n';
  }
  const std::vector<SentCommand> sent = a_rush(cities);
  ManyCommands rush(sent);
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t round = 0; round < kRounds; ++round) {
    {
      const auto clients = clients_of(container);
      rush.run(clients, sent.size() / (kRounds + 1));
      container.kill();
      rush.settle();
    }
    if (round % 2 == 1) std::filesystem::remove_all(container.data() / "tables");
    container.start();
  }
  send_all(container, rush, sent.size());
  std::cout << "commands across entities a second, with " << kRounds
            << " kills: " << per_second(sent.size(), begin) << '\n';

  const std::set<std::string> countries{"DE", "FR", "US"};
  const auto clients = clients_of(container);
  const LogFold before = fold_of(clients[0]);
  expect_decided(rush, sent, before);
  EXPECT_GT(before.enrolments, kCourses * kSeats / 2);
  EXPECT_GT(before.tagged.at("course:course0").size(), 15u);
  expect_index_is_as_the_log(clients[0], before, countries);

  container.kill();
  std::filesystem::remove_all(container.data() / "tables");
  container.start();
  const auto again = clients_of(container);
  EXPECT_EQ(fold_of(again[0]).in_course, before.in_course);
  expect_index_is_as_the_log(again[0], before, countries);
  // Who is in a course makes it full for others still.
  const auto taken = static_cast<std::uint32_t>(before.in_course.at(course(0)).size());
  ManyCommands narrowing({resize(course(0), taken, 1'000)});
  send_all(container, narrowing, 1);
  EXPECT_EQ(narrowing.answer(0), Code::kOk) << narrowing.first_message(Code::kFailedPrecondition);
  ManyCommands late({enrol(cities[kActive].place_id(), course(0))});
  send_all(container, late, 1);
  EXPECT_EQ(late.first_message(Code::kFailedPrecondition), "course course0 is full");
}

TEST(Enrolment, IsLookedIntoByTags) {
  Container container({.program = "enrolling"});
  ManyCommands commands({open_course("algebra", 2), register_student("ada", "DE"),
                         register_student("ben", "DE"), register_student("cleo", "FR")});
  send_all(container, commands, 4);
  ManyCommands wishes({enrol("ada", "algebra"), enrol("ben", "algebra"), enrol("cleo", "algebra")});
  send_all(container, wishes, 3);
  EXPECT_EQ(wishes.first_message(Code::kFailedPrecondition), "course algebra is full");

  const auto find = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"events", "find", kModule};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return container.mtctl(arguments);
  };
  const auto lines = [](const std::string& text) { return std::ranges::count(text, '\n'); };
  const Finished enrolled = find({"--tag", "course:algebra", "--type", "StudentEnrolled"});
  EXPECT_EQ(enrolled.exit_code, 0) << enrolled.err;
  EXPECT_EQ(lines(enrolled.out), 2) << enrolled.out;
  EXPECT_NE(enrolled.out.find("StudentEnrolled"), std::string::npos) << enrolled.out;
  EXPECT_EQ(lines(find({"--tag", "course:algebra", "-o", "ndjson"}).out), 3);
  EXPECT_EQ(lines(find({"--tag", "country:DE", "--tag", "student:ada"}).out), 1);
  const Finished first = find({"--tag", "country:DE", "--limit", "1"});
  EXPECT_EQ(lines(first.out), 1) << first.out;
  EXPECT_NE(first.err.find("there may be more"), std::string::npos) << first.err;
  EXPECT_EQ(lines(find({"--tag", "country:DE", "--limit", "0"}).out), 2);
  const Finished json = find({"--tag", "country:FR", "-o", "json"});
  EXPECT_TRUE(json.out.starts_with("[")) << json.out;
  EXPECT_NE(json.out.find("\"student:cleo\""), std::string::npos) << json.out;

  EXPECT_EQ(find({"--tag", "country:DE", "--after", "100"}).exit_code, 3);
  EXPECT_EQ(find({"--tag", "country:XX"}).exit_code, 3);
  EXPECT_EQ(find({}).exit_code, 2) << "no tag";
  EXPECT_EQ(find({"--tag", ""}).exit_code, 2);
  std::vector<std::string> thousand;
  for (int i = 0; i < 1'000; ++i) {
    thousand.push_back("--tag");
    thousand.push_back("student:" + std::to_string(i));
  }
  const Finished refused = find(thousand);
  EXPECT_EQ(refused.exit_code, 2) << refused.err;
  EXPECT_NE(refused.err.find("fewer than 1000 are allowed"), std::string::npos) << refused.err;
}

TEST(Enrolment, RefusesATagThatIsNone) {
  Container container({.program = "enrolling"});
  ManyCommands bad({register_student("ada", std::string(200, 'x')), register_student("ben", "D\nE"),
                    register_student("cleo", "DE")});
  send_all(container, bad, 3);
  EXPECT_EQ(bad.answer(0), Code::kInvalidArgument);
  EXPECT_EQ(bad.answer(1), Code::kInvalidArgument);
  EXPECT_EQ(bad.answer(2), Code::kOk) << "and the next one is none the worse";
  EXPECT_NE(bad.first_message(Code::kInvalidArgument).find("tag"), std::string::npos)
      << bad.first_message(Code::kInvalidArgument);
  const auto clients = clients_of(container);
  EXPECT_EQ(found(clients[0], "student:ada").size(), 0u);
  EXPECT_EQ(found(clients[0], "student:cleo").size(), 1u);
}

}  // namespace
}  // namespace mt::test
