// The threads of a container as `top -H` shows them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "tests/scenario/person.h"

namespace mt::test {
namespace {

using testing::Contains;

// The names of all threads but the first, which bears the program's.
std::multiset<std::string> thread_names(pid_t process) {
  std::multiset<std::string> names;
  const std::filesystem::path tasks = "/proc/" + std::to_string(process) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks)) {
    if (task.path().filename() == std::to_string(process)) continue;
    std::ifstream file(task.path() / "comm");
    std::string name;
    if (std::getline(file, name)) names.insert(name);
  }
  return names;
}

TEST(Threads, HaveNamesOfTheirOwn) {
  Container container;
  ASSERT_TRUE(Person::at(container).sign_up("ann@example.org", "correct horse battery"));
  const auto names = thread_names(container.process().id());
  for (const char* name : {"mt-signals", "mt-writer", "mt-tables", "mt-worker", "mt-public",
                           "caf.multiplexer", "caf.clock"})
    EXPECT_THAT(names, Contains(name));
  EXPECT_EQ(names.count("mt-public"), 1u);
  EXPECT_EQ(names.count("mt-worker"), 2u);
  EXPECT_EQ(names.count("maintemplate2"), 0u) << testing::PrintToString(names);
}

}  // namespace
}  // namespace mt::test
