// An example of decisions across entities. A course has so many seats, a student takes so many
// courses. Who enrols decides on the student's own events and on those that carry the course's tag,
// of whatever student; who resizes a course decides on the same. No enrolment is known to the
// course's entity, and none needs a lock.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/entity.h"
#include "tests/proto/enrolment.pb.h"

namespace mt::test {

namespace enrolment = ::mt::tests::enrolment;

std::string course_tag(const std::string& course);
std::string student_tag(const std::string& student);

// What the events with a course's tag say of it.
struct Seats {
  std::uint32_t all = 0;  // none before it is opened
  std::set<std::string> taken;

  void operator()(const enrolment::CourseEvent& event);
  void operator()(const enrolment::StudentEvent& event, const EventMeta& meta);
};

struct Course {
  static constexpr std::string_view kCategory = "course";
  using Command = enrolment::CourseCommand;
  using Event = enrolment::CourseEvent;
  struct State {};

  static Result<Decision<Event>> decide(const State& state, const Command& command,
                                        const DecideContext& context);
  static void evolve(State&, const Event&) {}
  static std::vector<std::string> tags(const Event& event, const std::string& id);
};

struct Student {
  static constexpr std::string_view kCategory = "student";
  using Command = enrolment::StudentCommand;
  using Event = enrolment::StudentEvent;
  struct State {
    std::uint32_t most_courses = 0;
    std::set<std::string> courses;
  };

  static Result<Decision<Event>> decide(const State& state, const Command& command,
                                        const DecideContext& context);
  static void evolve(State& state, const Event& event);
  static std::vector<std::string> tags(const Event& event, const std::string& id);
};

}  // namespace mt::test
