// Strangers who try passwords all at once, while others work.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/scenario/person.h"

namespace mt::test {
namespace {

namespace accounts = ::sys::accounts::v1;

// Queues so short that a few clients fill them; hashing as dear as it is by default.
const std::string kConfig = "calls: {worker_queue: 4, public_queue: 4}\n";

// Clients that sign in with e-mails that nobody has, again and again, until they are told to end.
class Flood {
 public:
  Flood(const Container& container, int clients) {
    for (int i = 0; i < clients; ++i)
      threads_.emplace_back([this, &container, i] { run(Person::at(container), i); });
  }
  ~Flood() {
    over_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

  // Returns once the strangers' queue is full and they go on.
  void wait_for_refusals(int more) {
    const int enough = refused_ + more;
    for (int seen = refused_; seen < enough; seen = refused_) refused_.wait(seen);
  }
  int unfair() const { return unfair_; }

 private:
  void run(Person stranger, int client) {
    for (int i = 0; !over_; ++i) {
      const std::string email = std::to_string(client) + "." + std::to_string(i) + "@example.org";
      const auto answer = stranger.sign_in(email, "correct horse battery");
      if (code_of(answer) == Code::kResourceExhausted) {
        if (answer.error().message.find("too many calls wait for a worker, at most 4 may") ==
            std::string::npos)
          ++unfair_;
        ++refused_;
        refused_.notify_all();
      } else if (code_of(answer) != Code::kUnauthenticated) {
        ++unfair_;
      }
    }
  }

  std::atomic<bool> over_ = false;
  std::atomic<int> refused_ = 0;
  std::atomic<int> unfair_ = 0;
  std::vector<std::thread> threads_;
};

// Tasks, whose handlers work on a worker as those of Login do.
TEST(LoginFlood, KeepsNobodyElseFromTheirTasks) {
  Container container({.config = kConfig});
  const Person person = Person::operator_of(container);
  accounts::CreateOrgRequest org;
  org.set_org_id("harbour");
  org.set_name("Harbour");
  ASSERT_TRUE(person.ask<accounts::CreateOrgResponse>("sys.accounts.v1.OrgService/CreateOrg", org));
  Flood flood(container, 12);
  for (int i = 0; i < 30; ++i) {
    flood.wait_for_refusals(3);
    accounts::CreateProjectRequest project;
    project.set_project_id("p" + std::to_string(i));
    project.set_org_id("harbour");
    project.set_name("Project " + std::to_string(i));
    const auto created = person.ask<accounts::CreateProjectResponse>(
        "sys.accounts.v1.ProjectService/CreateProject", project);
    ASSERT_TRUE(created) << i << ": " << created.error().message;
  }
  EXPECT_EQ(flood.unfair(), 0);
}

}  // namespace
}  // namespace mt::test
