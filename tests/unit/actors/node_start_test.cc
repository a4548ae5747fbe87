// How a node starts: on fresh data and on what another one left; and what it says when it cannot.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/node.h"
#include "tests/fixture/counter.h"
#include "tests/fixture/notes.h"
#include "tests/fixture/test_node.h"

namespace mt::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::vector<Module> only(Module module) {
  std::vector<Module> modules;
  modules.push_back(std::move(module));
  return modules;
}

notes::NoteRow note(TestNode& node, const std::string& id) {
  return message_of<notes::NoteRow>(node.call(note_method("GetNote"), get_note(id)));
}

TEST(NodeStart, ServesFreshData) {
  NodeStorage storage;
  TestNode node(storage, only(notes_module()));
  node.must_start();
  EXPECT_EQ(answer_of(node.call(note_method("GetNote"), get_note("n1"))), Code::kNotFound);
  EXPECT_EQ(node.module("test_notes").state, ModuleState::kRunning);
}

TEST(NodeStart, AnswersAsBeforeWhenStartedAgain) {
  NodeStorage storage;
  {
    TestNode node(storage, only(notes_module()));
    node.must_start();
    ASSERT_EQ(answer_of(node.call(note_method("WriteNote"), write_note("n1", "old"))), Code::kOk);
    ASSERT_EQ(answer_of(node.call(note_method("EditNote"), edit_note("n1", "new"), {.key = "k"})),
              Code::kOk);
  }
  TestNode node(storage, only(notes_module()));
  node.must_start();
  EXPECT_EQ(note(node, "n1").text(), "new");
  EXPECT_EQ(note(node, "n1").edits(), 1u);
  const auto again = node.call(note_method("EditNote"), edit_note("n1", "new"), {.key = "k"});
  EXPECT_EQ(message_of<notes::NoteReply>(again).note_id(), "n1");
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(node.module("test_notes").log_head, Position{2});
}

TEST(NodeStart, BuildsTablesThatAreGone) {
  MemoryKv fresh;
  NodeStorage storage;
  {
    TestNode node(storage, only(notes_module()));
    node.must_start();
    ASSERT_EQ(answer_of(node.call(note_method("WriteNote"), write_note("n1", "x"))), Code::kOk);
  }
  Node node(test_settings(), only(notes_module()),
            {storage.log, fresh, storage.clock, storage.secrets, storage.data_sets, *storage.keys});
  ASSERT_TRUE(node.start({}).has_value());
  const auto reply =
      node.dispatcher().call_and_wait(TestNode::input_of(note_method("GetNote"), {}),
                                      std::make_shared<notes::GetNoteRequest>(get_note("n1")));
  EXPECT_EQ(message_of<notes::NoteRow>(reply).text(), "x");
}

TEST(NodeStart, HappensOnce) {
  NodeStorage storage;
  TestNode node(storage, only(notes_module()));
  node.must_start();
  EXPECT_EQ(node.start().error().code, Code::kFailedPrecondition);
  EXPECT_EQ(answer_of(node.call(note_method("WriteNote"), write_note("n1", "x"))), Code::kOk);
}

TEST(NodeStart, ServesNothingWhenItFailed) {
  NodeStorage storage;
  Module module = notes_module();
  module.on_started([](const Deps&) -> Result<void> { return unavailable("no luck"); });
  TestNode node(storage, only(std::move(module)));
  EXPECT_FALSE(node.start().has_value());
  EXPECT_EQ(answer_of(node.call(note_method("GetNote"), get_note("n1"))), Code::kUnavailable);
  EXPECT_EQ(node.module("test_notes").state, ModuleState::kStopped);
}

// A node that never started is shown and stopped like any other.
TEST(NodeStart, CanBeLeftOut) {
  NodeStorage storage;
  TestNode node(storage, only(notes_module()));
  EXPECT_EQ(node.module("test_notes").state, ModuleState::kStarting);
  EXPECT_EQ(node.module("test_notes").log_head, Position{0});
  node.node().stop();
  EXPECT_EQ(node.start().error().code, Code::kFailedPrecondition);
}

// ---- on_started and the authenticator ----

TEST(NodeStart, LetsModulesSendCommandsOnceAllServe) {
  NodeStorage storage;
  Module module = notes_module();
  module.on_started([](const Deps& deps) -> Result<void> {
    CallInput input = TestNode::input_of(note_method("WriteNote"), {.key = "first"});
    input.caller = Caller::system();
    MT_TRY(const Reply reply, deps.dispatcher.call_and_wait(
                                  std::move(input), std::make_shared<notes::WriteNoteRequest>(
                                                        write_note("first", "hello"))));
    return {};
  });
  for (int start = 0; start < 2; ++start) {
    TestNode node(storage, only(module));
    node.must_start();
    EXPECT_EQ(note(node, "first").text(), "hello");
    EXPECT_EQ(node.module("test_notes").log_head, Position{1});
  }
}

TEST(NodeStart, NamesTheModuleWhoseOnStartedFailed) {
  NodeStorage storage;
  Module module = notes_module();
  module.on_started([](const Deps&) -> Result<void> { return unavailable("no luck"); });
  TestNode node(storage, only(std::move(module)));
  EXPECT_EQ(node.start().error().message, "module test_notes: no luck");
}

class OneToken final : public Authenticator {
 public:
  Result<Caller> authenticate(std::string_view token) const override {
    if (token != "good") return unauthenticated("unknown token");
    return Caller{Caller::Kind::kAccount, "ada", {}};
  }
};

TEST(NodeStart, UsesTheAuthenticatorOfAModule) {
  NodeStorage storage;
  Module module = notes_module();
  module.authenticates([](const Deps& deps) {
    EXPECT_EQ(deps.module.value, "test_notes");
    return std::make_shared<OneToken>();
  });
  TestNode node(storage, only(std::move(module)));
  node.must_start();
  const auto call = [&](std::string token) {
    return node.call(note_method("WhoAmI"), notes::WhoAmIRequest(),
                     {.caller = std::nullopt, .token = std::move(token)});
  };
  EXPECT_EQ(message_of<notes::WhoAmIResponse>(call("good")).actor(), "ada");
  EXPECT_EQ(answer_of(call("bad")), Code::kUnauthenticated);
  EXPECT_EQ(answer_of(call("")), Code::kUnauthenticated);
}

// ---- misconfigurations ----

using Bind = std::function<Result<void>(Api&, const Deps&)>;

// A module that binds one service in its own way.
Error error_of_binding(const std::string& service, Bind bind) {
  NodeStorage storage;
  Module module("test_notes", "1", notes_config());
  module.entity<Note>();
  module.entity<Counter>();
  module.upcasts("Added", 1, [](StoredEvent event) -> Result<StoredEvent> { return event; });
  module.serve("mt.tests.notes." + service, std::move(bind));
  TestNode node(storage, only(std::move(module)));
  const Result<void> started = node.start();
  return started ? Error{Code::kOk, "started"} : started.error();
}

struct Misfit {
  const char* name;
  const char* service;
  Bind bind;
  std::vector<const char*> says;
};

void PrintTo(const Misfit& misfit, std::ostream* out) { *out << misfit.name; }

Result<void> bind_note(Api& api, const Deps&) { return api.entity<Note>(); }

class NodeStartMisfit : public testing::TestWithParam<Misfit> {};

TEST_P(NodeStartMisfit, IsRefusedWithItsName) {
  const Error error = error_of_binding(GetParam().service, GetParam().bind);
  EXPECT_EQ(error.code, Code::kFailedPrecondition) << error.message;
  EXPECT_THAT(error.message, HasSubstr("module test_notes: "));
  for (const char* said : GetParam().says) EXPECT_THAT(error.message, HasSubstr(said));
}

Misfit misfits[] = {
    {"NoAccess", "OpenService", bind_note, {"OpenService", "EditNote", "access"}},
    {"NoRule", "UnruledService", bind_note, {"UnruledService/EditNote", "KIND_COMMAND"}},
    {"NoEntityId", "NamelessService", bind_note, {"NamelessService/EditNote", "entity_id"}},
    {"UnknownField", "MisnamedService", bind_note, {"EditNote", "memo_id"}},
    {"CommandAsQuery", "CuriousService", bind_note, {"CuriousService/EditNote", "KIND_COMMAND"}},
    {"UnboundMethods",
     "NoteService",
     bind_note,
     {"NoteService lacks handlers for: CopyNote, GetNote, FollowNotes, WatchNotes, WhoAmI"}},
    {"NothingBound",
     "OpenService",
     [](Api&, const Deps&) { return Result<void>(); },
     {"OpenService lacks handlers for: EditNote"}},
    {"EntityWithoutMethods",
     "NoteService",
     [](Api& api, const Deps&) { return api.entity<Counter>(); },
     {"NoteService", "mt.tests.counter.CounterCommand", "'counter'"}},
    {"UnknownMethod",
     "NoteService",
     [](Api& api, const Deps&) {
       return api.query("FindNote",
                        [](const notes::GetNoteRequest&, const Query&) -> Result<notes::NoteRow> {
                          return notes::NoteRow();
                        });
     },
     {"NoteService has no method 'FindNote'"}},
    {"OtherRequest",
     "NoteService",
     [](Api& api, const Deps&) {
       return api.query("GetNote",
                        [](const notes::WhoAmIRequest&, const Query&) -> Result<notes::NoteRow> {
                          return notes::NoteRow();
                        });
     },
     {"NoteService/GetNote", "takes a mt.tests.notes.GetNoteRequest", "WhoAmIRequest"}},
    {"OtherResponse",
     "NoteService",
     [](Api& api, const Deps&) {
       return api.query("GetNote",
                        [](const notes::GetNoteRequest&, const Query&) -> Result<notes::NoteReply> {
                          return notes::NoteReply();
                        });
     },
     {"NoteService/GetNote", "answers with a mt.tests.notes.NoteRow", "NoteReply"}},
    {"CommandBoundAsQuery",
     "NoteService",
     [](Api& api, const Deps&) {
       return api.query(
           "EditNote", [](const notes::EditNoteRequest&, const Query&) -> Result<notes::NoteReply> {
             return notes::NoteReply();
           });
     },
     {"NoteService/EditNote", "api.entity or api.task"}},
    {"WatchBoundAsQuery",
     "NoteService",
     [](Api& api, const Deps&) {
       return api.query("FollowNotes",
                        [](const notes::FollowNotesRequest&,
                           const Query&) -> Result<notes::NoteRow> { return notes::NoteRow(); });
     },
     {"NoteService/FollowNotes", "watch"}},
};

INSTANTIATE_TEST_SUITE_P(All, NodeStartMisfit, testing::ValuesIn(misfits),
                         [](const auto& tested) { return std::string(tested.param.name); });

// The same entity under another name of the module's list: it was never given to the module.
struct Stranger : Note {};

TEST(NodeStart, RefusesAnEntityThatTheModuleDoesNotList) {
  const Error error =
      error_of_binding("NoteService", [](Api& api, const Deps&) { return api.entity<Stranger>(); });
  EXPECT_EQ(error.code, Code::kFailedPrecondition);
  EXPECT_THAT(error.message, HasSubstr("add module.entity"));
}

TEST(NodeStart, RefusesAMethodThatIsBoundTwice) {
  const Error error = error_of_binding("NoteService", [](Api& api, const Deps&) -> Result<void> {
    MT_CHECK_OK(api.entity<Note>());
    return api.entity<Note>();
  });
  EXPECT_EQ(error.code, Code::kAlreadyExists);
  EXPECT_THAT(error.message, HasSubstr("NoteService/WriteNote"));
}

TEST(NodeStart, TouchesNoDataWhenTheModulesDoNotFit) {
  NodeStorage storage;
  NotesParts parts;
  parts.table = "notes";
  TestNode node(storage, only(notes_module(parts)));
  EXPECT_THAT(node.start().error().message, HasSubstr("table 'notes'"));
  EXPECT_THAT(storage.memory_log.at({"test_notes"}, {1}).error().message,
              HasSubstr("no log of module test_notes is open"));
}

TEST(NodeStart, NamesTheModuleWhoseLogDoesNotOpen) {
  NodeStorage storage;
  storage.log.open_no_more(data_loss("its last record is damaged"));
  TestNode node(storage, only(notes_module()));
  const Result<void> started = node.start();
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, Code::kDataLoss);
  EXPECT_EQ(started.error().message, "module test_notes: its last record is damaged");
}

TEST(NodeStart, NamesTheKeyOfAWrongConfiguration) {
  NodeStorage storage;
  NotesParts parts;
  parts.config.set_most_notes(101);
  TestNode node(storage, only(notes_module(parts)));
  const Result<void> started = node.start();
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, Code::kInvalidArgument);
  EXPECT_THAT(started.error().message, AllOf(HasSubstr("test_notes"), HasSubstr("most_notes")));
}

TEST(NodeStart, NamesTheModuleThatMakesNoAuthenticator) {
  NodeStorage storage;
  Module module = notes_module();
  module.authenticates([](const Deps&) { return nullptr; });
  TestNode node(storage, only(std::move(module)));
  EXPECT_THAT(node.start().error().message,
              AllOf(HasSubstr("test_notes"), HasSubstr("authenticator")));
}

}  // namespace
}  // namespace mt::test
