#include "tests/programs/enrolment/enrolment.h"

#include <utility>

namespace mt::test {
namespace {

using enrolment::CourseEvent;
using enrolment::StudentEvent;

Result<Seats> seats_of(const std::string& course, const DecideContext& context) {
  Seats seats;
  MT_CHECK_OK((context.tagged<CourseEvent, StudentEvent>(tagged(course_tag(course)), seats)));
  return seats;
}

enrolment::CourseReply seats_taken(const Seats& seats) {
  enrolment::CourseReply reply;
  reply.set_taken(static_cast<std::uint32_t>(seats.taken.size()));
  return reply;
}

enrolment::StudentReply courses_taken(std::size_t courses) {
  enrolment::StudentReply reply;
  reply.set_courses(static_cast<std::uint32_t>(courses));
  return reply;
}

using CourseDecision = Result<Decision<CourseEvent>>;
using StudentDecision = Result<Decision<StudentEvent>>;

CourseDecision open(const enrolment::OpenCourseRequest& request, const DecideContext& context) {
  if (context.exists()) return already_exists("course " + context.id + " is open already");
  CourseEvent event;
  event.mutable_opened()->set_seats(request.seats());
  return accept(std::move(event), enrolment::CourseReply());
}

CourseDecision resize(const enrolment::ResizeCourseRequest& request, const DecideContext& context) {
  MT_TRY(const Seats seats, seats_of(context.id, context));
  if (request.seats() < seats.taken.size()) {
    return failed_precondition(std::to_string(seats.taken.size()) + " students are enrolled");
  }
  CourseEvent event;
  event.mutable_resized()->set_seats(request.seats());
  return accept(std::move(event), seats_taken(seats));
}

StudentDecision register_student(const enrolment::RegisterStudentRequest& request,
                                 const DecideContext& context) {
  if (context.exists()) return already_exists("student " + context.id + " is registered already");
  StudentEvent event;
  event.mutable_registered()->set_country(request.country());
  event.mutable_registered()->set_most_courses(request.most_courses());
  return accept(std::move(event), enrolment::StudentReply());
}

StudentDecision enrol(const Student::State& student, const std::string& course,
                      const DecideContext& context) {
  if (student.courses.contains(course)) {
    return nothing_to_do<StudentEvent>(courses_taken(student.courses.size()));
  }
  if (student.courses.size() >= student.most_courses) {
    return failed_precondition("no more courses for student " + context.id);
  }
  MT_TRY(const Seats seats, seats_of(course, context));
  if (seats.all == 0) return not_found("there is no course " + course);
  if (seats.taken.size() >= seats.all) return failed_precondition("course " + course + " is full");
  StudentEvent event;
  event.mutable_enrolled()->set_course_id(course);
  return accept(std::move(event), courses_taken(student.courses.size() + 1));
}

StudentDecision leave(const Student::State& student, const std::string& course) {
  if (!student.courses.contains(course)) {
    return nothing_to_do<StudentEvent>(courses_taken(student.courses.size()));
  }
  StudentEvent event;
  event.mutable_left()->set_course_id(course);
  return accept(std::move(event), courses_taken(student.courses.size() - 1));
}

}  // namespace

std::string course_tag(const std::string& course) { return "course:" + course; }
std::string student_tag(const std::string& student) { return "student:" + student; }

void Seats::operator()(const CourseEvent& event) {
  all = event.has_opened() ? event.opened().seats() : event.resized().seats();
}

void Seats::operator()(const StudentEvent& event, const EventMeta& meta) {
  if (event.has_enrolled()) taken.insert(meta.stream.id);
  if (event.has_left()) taken.erase(meta.stream.id);
}

Result<Decision<CourseEvent>> Course::decide(const State&, const Command& command,
                                             const DecideContext& context) {
  switch (command.command_case()) {
    case Command::kOpen:
      return open(command.open(), context);
    case Command::kResize:
      return resize(command.resize(), context);
    case Command::COMMAND_NOT_SET:
      break;
  }
  return invalid_argument("no command is set");
}

std::vector<std::string> Course::tags(const Event&, const std::string& id) {
  return {course_tag(id)};
}

Result<Decision<StudentEvent>> Student::decide(const State& state, const Command& command,
                                               const DecideContext& context) {
  switch (command.command_case()) {
    case Command::kEnter:
      return register_student(command.enter(), context);
    case Command::kEnrol:
      return enrol(state, command.enrol().course_id(), context);
    case Command::kLeave:
      return leave(state, command.leave().course_id());
    case Command::COMMAND_NOT_SET:
      break;
  }
  return invalid_argument("no command is set");
}

void Student::evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kRegistered:
      state.most_courses = event.registered().most_courses();
      break;
    case Event::kEnrolled:
      state.courses.insert(event.enrolled().course_id());
      break;
    case Event::kLeft:
      state.courses.erase(event.left().course_id());
      break;
    case Event::EVENT_NOT_SET:
      break;
  }
}

std::vector<std::string> Student::tags(const Event& event, const std::string& id) {
  switch (event.event_case()) {
    case Event::kRegistered:
      return {student_tag(id), "country:" + event.registered().country()};
    case Event::kEnrolled:
      return {student_tag(id), course_tag(event.enrolled().course_id())};
    case Event::kLeft:
      return {student_tag(id), course_tag(event.left().course_id())};
    case Event::EVENT_NOT_SET:
      break;
  }
  return {};
}

}  // namespace mt::test
