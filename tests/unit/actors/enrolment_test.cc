// The example's entities alone: the events of others that their decisions rest on are listed.
#include "tests/programs/enrolment/enrolment.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/fixture/given.h"

namespace mt::test {
namespace {

enrolment::CourseEvent opened(std::uint32_t seats) {
  enrolment::CourseEvent event;
  event.mutable_opened()->set_seats(seats);
  return event;
}

enrolment::CourseEvent resized(std::uint32_t seats) {
  enrolment::CourseEvent event;
  event.mutable_resized()->set_seats(seats);
  return event;
}

enrolment::StudentEvent registered(std::uint32_t most_courses) {
  enrolment::StudentEvent event;
  event.mutable_registered()->set_country("DE");
  event.mutable_registered()->set_most_courses(most_courses);
  return event;
}

enrolment::StudentEvent enrolled(const std::string& course) {
  enrolment::StudentEvent event;
  event.mutable_enrolled()->set_course_id(course);
  return event;
}

enrolment::StudentEvent left(const std::string& course) {
  enrolment::StudentEvent event;
  event.mutable_left()->set_course_id(course);
  return event;
}

enrolment::StudentCommand enrol(const std::string& course) {
  enrolment::StudentCommand command;
  command.mutable_enrol()->set_course_id(course);
  return command;
}

enrolment::CourseCommand resize(std::uint32_t seats) {
  enrolment::CourseCommand command;
  command.mutable_resize()->set_seats(seats);
  return command;
}

// An event of somebody else that carries the course's tag.
template <typename G, typename Event>
void elsewhere(G& given, const Event& event, const std::string& course, const std::string& who) {
  given.elsewhere(event, {course_tag(course)}, {"student", who});
}

TEST(Student, EnrolsWhileTheCourseHasSeats) {
  auto student = given<Student>({registered(2)});
  elsewhere(student, opened(2), "algebra", "");
  elsewhere(student, enrolled("algebra"), "algebra", "ada");
  const auto accepted = student.when(enrol("algebra"));
  ASSERT_TRUE(accepted.has_value());
  EXPECT_EQ(accepted.event().enrolled().course_id(), "algebra");
  EXPECT_EQ(reply_in<enrolment::StudentReply>(accepted).courses(), 1u);

  elsewhere(student, enrolled("algebra"), "algebra", "ben");
  EXPECT_EQ(student.when(enrol("algebra")).error().message, "course algebra is full");
  elsewhere(student, left("algebra"), "algebra", "ada");
  EXPECT_TRUE(student.when(enrol("algebra")).has_value()) << "a seat is free again";
  elsewhere(student, resized(1), "algebra", "");
  EXPECT_EQ(student.when(enrol("algebra")).refusal(), Code::kFailedPrecondition);
  EXPECT_EQ(student.when(enrol("biology")).refusal(), Code::kNotFound);
}

TEST(Student, TakesNoMoreCoursesThanItMay) {
  auto student = given<Student>({registered(2), enrolled("a"), enrolled("b")});
  elsewhere(student, opened(9), "c", "");
  EXPECT_EQ(student.when(enrol("c")).refusal(), Code::kFailedPrecondition);
  EXPECT_TRUE(student.when(enrol("a")).events().empty()) << "it is there already";
  student.event(left("a"));
  EXPECT_EQ(student.when(enrol("c")).events().size(), 1u);
}

TEST(Course, IsNotMadeSmallerThanWhatIsTaken) {
  auto course = given<Course>({opened(3)});
  course.named("algebra");
  elsewhere(course, opened(3), "algebra", "");
  elsewhere(course, enrolled("algebra"), "algebra", "ada");
  elsewhere(course, enrolled("algebra"), "algebra", "ben");
  EXPECT_EQ(course.when(resize(1)).error().message, "2 students are enrolled");
  const auto accepted = course.when(resize(2));
  ASSERT_TRUE(accepted.has_value());
  EXPECT_EQ(reply_in<enrolment::CourseReply>(accepted).taken(), 2u);
}

TEST(Enrolment, TagsWhatIsOfBothWithBoth) {
  EXPECT_EQ(Student::tags(enrolled("algebra"), "ada"),
            (std::vector<std::string>{"student:ada", "course:algebra"}));
  EXPECT_EQ(Student::tags(registered(1), "ada"),
            (std::vector<std::string>{"student:ada", "country:DE"}));
  EXPECT_EQ(Course::tags(opened(1), "algebra"), (std::vector<std::string>{"course:algebra"}));
}

}  // namespace
}  // namespace mt::test
