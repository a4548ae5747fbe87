// A container like the one that is shipped, with the example module of enrolments.
#include <utility>

#include "modules/sys_main/sys_main.h"
#include "ops/runtime/container.h"
#include "tests/programs/enrolment/enrolment.h"

namespace mt::test {
namespace {

Module test_enrolment() {
  enrolment::Config config;
  config.mutable_commands()->set_remember_hours(1);
  Module module("test_enrolment", "1", std::move(config));
  module.entity<Course>();
  module.entity<Student>();
  module.serve("mt.tests.enrolment.CourseService",
               [](Api& api, const Deps&) { return api.entity<Course>(); });
  module.serve("mt.tests.enrolment.StudentService",
               [](Api& api, const Deps&) { return api.entity<Student>(); });
  return module;
}

}  // namespace
}  // namespace mt::test

int main(int argc, char** argv) {
  auto modules = mt::sys_main();
  modules.push_back(mt::test::test_enrolment());
  return mt::run_container("enrolling", MT_VERSION, std::move(modules), argc, argv);
}
