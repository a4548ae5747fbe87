// ReactorService: what operators see of reactors, and ask of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "modules/sys_core/module.h"
#include "sys/core/v1/reactors.pb.h"
#include "tests/fixture/notes.h"
#include "tests/fixture/test_node.h"

namespace mt::sys_core {
namespace {

namespace v1 = ::sys::core::v1;
using ::testing::HasSubstr;

Result<CommandCalls> edit_but_not_bad(const test::notes::NoteWritten& written,
                                      const EventMeta& meta) {
  if (written.text() == "bad") return failed_precondition("cannot answer that");
  return CommandCalls{{test::note_method("EditNote"), test::edit_note(meta.stream.id, "seen")}};
}

std::vector<Module> modules() {
  std::vector<Module> modules;
  modules.push_back(sys_core());
  modules.push_back(test::notes_module());
  modules.back().reactor("edit").on<test::notes::NoteWritten>(edit_but_not_bad);
  return modules;
}

class ReactorService : public testing::Test {
 protected:
  ReactorService() { node_.must_start(); }

  void write(const std::string& id, const std::string& text) {
    ASSERT_TRUE(node_.call(test::note_method("WriteNote"), test::write_note(id, text)));
  }
  template <typename Request>
  Request named() {
    Request request;
    request.set_module("test_notes");
    request.set_name("edit");
    return request;
  }
  template <typename Request>
  Result<Reply> call(const std::string& method, const Request& request, test::CallAs as = {}) {
    return node_.call("sys.core.v1.ReactorService/" + method, request, std::move(as));
  }
  v1::GetReactorResponse shown() {
    return test::message_of<v1::GetReactorResponse>(
        call("GetReactor", named<v1::GetReactorRequest>()));
  }
  template <typename Holds>
  v1::GetReactorResponse wait(const Holds& holds) {
    for (;;) {
      v1::GetReactorResponse now = shown();
      if (holds(now.reactor())) return now;
      std::this_thread::yield();
    }
  }

  test::NodeStorage storage_;
  test::TestNode node_{storage_, modules()};
};

TEST_F(ReactorService, ListsWhatTheNodeHas) {
  write("good", "text");
  wait([](const v1::Reactor& now) { return now.events() == 1 && now.lag() == 0; });
  const auto list =
      test::message_of<v1::ListReactorsResponse>(call("ListReactors", v1::ListReactorsRequest()));
  ASSERT_EQ(list.reactors_size(), 1);
  EXPECT_EQ(list.reactors(0).module(), "test_notes");
  EXPECT_EQ(list.reactors(0).name(), "edit");
  EXPECT_EQ(list.reactors(0).source(), "test_notes");
  EXPECT_EQ(list.reactors(0).state(), "running");
  EXPECT_EQ(list.reactors(0).commands(), 1u);
}

TEST_F(ReactorService, ShowsRetriesAndDropsWhatIsParked) {
  write("bad", "bad");
  auto parked = wait([](const v1::Reactor& now) { return now.parked() == 1; });
  ASSERT_EQ(parked.streams_size(), 1);
  EXPECT_EQ(parked.streams(0).stream(), "note/bad");
  EXPECT_EQ(parked.streams(0).why(), "cannot answer that");
  EXPECT_TRUE(parked.streams(0).parked());

  auto retry = named<v1::RetryReactorRequest>();
  ASSERT_TRUE(call("RetryReactor", retry));
  retry.set_stream("note/none");
  EXPECT_EQ(test::answer_of(call("RetryReactor", retry)), Code::kNotFound);
  parked = wait([](const v1::Reactor& now) { return now.parked() == 1; });

  auto drop = named<v1::DropReactorEventRequest>();
  drop.set_stream("note/bad");
  drop.set_position(parked.streams(0).position());
  EXPECT_EQ(test::answer_of(call("DropReactorEvent", drop)), Code::kInvalidArgument)
      << "a drop wants a reason";
  drop.set_reason("a test");
  ASSERT_TRUE(call("DropReactorEvent", drop));
  wait([](const v1::Reactor& now) { return now.parked() + now.catching_up() == 0; });
}

TEST_F(ReactorService, PausesOnceThoughItIsAskedTwice) {
  auto pause = named<v1::PauseReactorRequest>();
  pause.set_reason("a test");
  ASSERT_TRUE(call("PauseReactor", pause, {.key = "key-1"}));
  const auto again = call("PauseReactor", pause, {.key = "key-1"});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->repeated);
  wait([](const v1::Reactor& now) { return now.state() == "paused"; });
  EXPECT_EQ(shown().reactor().reason(), "paused: a test");
  ASSERT_TRUE(call("ResumeReactor", named<v1::ResumeReactorRequest>()));
  wait([](const v1::Reactor& now) { return now.state() == "running"; });
}

TEST_F(ReactorService, KnowsNoOtherReactor) {
  auto request = named<v1::GetReactorRequest>();
  request.set_name("other");
  const auto shown = call("GetReactor", request);
  EXPECT_EQ(test::answer_of(shown), Code::kNotFound);
  EXPECT_THAT(shown.error().message, HasSubstr("no reactor 'test_notes/other'"));
  EXPECT_EQ(test::answer_of(call("GetReactor", named<v1::GetReactorRequest>(),
                                 {.caller = Caller::anonymous()})),
            Code::kUnauthenticated);
}

}  // namespace
}  // namespace mt::sys_core
