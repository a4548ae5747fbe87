// Each way in which a node's modules may not fit each other, and what the author is told.
#include "actors/module_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fixture/counter.h"
#include "tests/fixture/notes.h"
#include "tests/proto/personal.pb.h"

namespace mt::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Module bare(std::string name) { return {std::move(name), "1", notes_config()}; }

Module serving(std::string name, std::string service) {
  Module module = bare(std::move(name));
  module.serve(std::move(service), [](Api&, const Deps&) { return Result<void>(); });
  return module;
}

Module with_table(std::string name, std::string table) {
  Module module = bare(std::move(name));
  module.projection<Notes>(std::move(table));
  return module;
}

template <Entity... Entities>
Module with_entities(std::string name) {
  Module module = bare(std::move(name));
  (module.entity<Entities>(), ...);
  return module;
}

// An entity of which only the types matter.
template <typename C, typename E>
struct Shaped {
  static constexpr std::string_view kCategory = "shaped";
  using Command = C;
  using Event = E;
  struct State {};
  static Result<Decision<Event>> decide(const State&, const Command&, const DecideContext&) {
    return invalid_argument("decides nothing");
  }
  static void evolve(State&, const Event&) {}
};
struct Slashed : Shaped<notes::NoteCommand, notes::NoteEvent> {
  static constexpr std::string_view kCategory = "note/book";
};

Error refusal(std::vector<Module> modules) {
  const Result<void> checked = check_modules(modules);
  return checked ? Error{Code::kOk, "accepted"} : checked.error();
}

std::vector<Module> alone(Module one) {
  std::vector<Module> modules;
  modules.push_back(std::move(one));
  return modules;
}

std::vector<Module> both(Module one, Module other) {
  std::vector<Module> modules;
  modules.push_back(std::move(one));
  modules.push_back(std::move(other));
  return modules;
}

TEST(ModuleChecks, AcceptModulesThatFit) {
  const auto checked =
      check_modules(both(notes_module(), with_table("test_other", "test_other_x")));
  EXPECT_TRUE(checked.has_value()) << checked.error().message;
}

TEST(ModuleChecks, RefuseANodeWithoutModules) {
  EXPECT_EQ(refusal({}).code, Code::kFailedPrecondition);
}

class ModuleName_ : public testing::TestWithParam<const char*> {};

TEST_P(ModuleName_, IsRefusedWhenItCannotNameStoresAndSubjects) {
  const Error error = refusal({bare(GetParam())});
  EXPECT_EQ(error.code, Code::kFailedPrecondition);
  EXPECT_THAT(error.message, HasSubstr("its name must be"));
}

INSTANTIATE_TEST_SUITE_P(Names, ModuleName_,
                         testing::Values("", "Test", "test.notes", "test-notes", "1test", "test_",
                                         "_test", "t\xc3\xa9st"));

struct Clash {
  const char* what;
  std::vector<Module> modules;
  std::vector<const char*> says;
};

TEST(ModuleChecks, RefuseWhatTwoModulesHaveInCommon) {
  const std::vector<Clash> clashes{
      {"name", both(bare("test_a"), bare("test_a")), {"test_a", "name", "twice"}},
      {"service",
       both(serving("test_a", kNoteService), serving("test_b", kNoteService)),
       {"test_b", "service", kNoteService, "test_a"}},
      {"service of one",
       [] {
         Module module = serving("test_a", kNoteService);
         module.serve(kNoteService, [](Api&, const Deps&) { return Result<void>(); });
         std::vector<Module> modules;
         modules.push_back(std::move(module));
         return modules;
       }(),
       {"test_a", kNoteService, "twice"}},
      {"table",
       both(with_table("test_a", "test_a_b_x"), with_table("test_a_b", "test_a_b_x")),
       {"test_a_b", "table 'test_a_b_x'", "test_a"}},
      {"category",
       both(with_entities<Note>("test_a"), with_entities<Note>("test_b")),
       {"test_b", "category 'note'", "test_a"}},
  };
  for (const Clash& clash : clashes) {
    const Error error = refusal(clash.modules);
    EXPECT_EQ(error.code, Code::kAlreadyExists) << clash.what << ": " << error.message;
    for (const char* said : clash.says) EXPECT_THAT(error.message, HasSubstr(said)) << clash.what;
  }
}

TEST(ModuleChecks, RefuseATableThatIsNotNamedAfterItsModule) {
  for (const char* table :
       {"notes", "test_note_x", "test_notes", "test_notes_", "test_notes_A", "test_notes_a.b"}) {
    const Error error = refusal({with_table("test_notes", table)});
    EXPECT_EQ(error.code, Code::kFailedPrecondition) << table;
    EXPECT_THAT(error.message, AllOf(HasSubstr("module test_notes"),
                                     HasSubstr("table '" + std::string(table) + "'"),
                                     HasSubstr("test_notes_<table>")));
  }
}

TEST(ModuleChecks, RefuseAServiceThatNoProtoHas) {
  const Error error = refusal({serving("test_a", "mt.tests.notes.NoSuchService")});
  EXPECT_EQ(error.code, Code::kFailedPrecondition);
  EXPECT_THAT(error.message, AllOf(HasSubstr("test_a"), HasSubstr("NoSuchService")));
}

TEST(ModuleChecks, RefuseEntitiesWhoseMessagesAreNotOneOneofOfMessages) {
  const Error command =
      refusal({with_entities<Shaped<notes::NoteRow, notes::NoteEvent>>("test_a")});
  EXPECT_THAT(command.message, AllOf(HasSubstr("'shaped'"), HasSubstr("mt.tests.notes.NoteRow")));
  const Error event =
      refusal({with_entities<Shaped<notes::NoteCommand, notes::LooseEvent>>("test_a")});
  EXPECT_THAT(event.message, HasSubstr("mt.tests.notes.LooseEvent"));
}

TEST(ModuleChecks, RefuseACategoryThatCannotBePartOfAStreamsName) {
  EXPECT_THAT(refusal({with_entities<Slashed>("test_a")}).message, HasSubstr("'note/book'"));
}

TEST(ModuleChecks, RefusePersonalFieldsThatCannotBeSealed) {
  namespace personal = ::mt::tests::personal;
  const Error event =
      refusal({with_entities<Shaped<personal::PersonCommand, personal::RepeatedEvent>>("test_a")});
  EXPECT_EQ(event.code, Code::kFailedPrecondition);
  EXPECT_THAT(event.message, AllOf(HasSubstr("module test_a"),
                                   HasSubstr("mt.tests.personal.RepeatedWithin.homes")));
  const Error reply = refusal({serving("test_a", "mt.tests.personal.BadPersonService")});
  EXPECT_THAT(reply.message, AllOf(HasSubstr("BadPersonService.BadReply"),
                                   HasSubstr("mt.tests.personal.RepeatedWithin.homes")));
}

TEST(ModuleChecks, RefuseTwoCommandsOfOneMessage) {
  const Error error =
      refusal({with_entities<Shaped<notes::TwinCommand, notes::NoteEvent>>("test_a")});
  EXPECT_EQ(error.code, Code::kFailedPrecondition);
  EXPECT_THAT(error.message, AllOf(HasSubstr("'edit'"), HasSubstr("'amend'")));
}

TEST(ModuleChecks, RefuseTwoEventsThatWouldBeStoredUnderOneName) {
  const Error error =
      refusal({with_entities<Note, Shaped<notes::NoteCommand, notes::OtherEvent>>("test_a")});
  EXPECT_EQ(error.code, Code::kFailedPrecondition);
  EXPECT_THAT(error.message, AllOf(HasSubstr("mt.tests.notes.NoteWritten"),
                                   HasSubstr("mt.tests.notes.Others.NoteWritten")));
}

TEST(ModuleChecks, RefuseTwoAuthenticators) {
  auto modules = both(bare("test_a"), bare("test_b"));
  for (Module& module : modules) module.authenticates([](const Deps&) { return nullptr; });
  EXPECT_THAT(refusal(std::move(modules)).message, AllOf(HasSubstr("test_a"), HasSubstr("test_b")));
}

TEST(ModuleChecks, NameEachKeyOfAConfigurationThatBreaksItsRule) {
  NotesParts parts;
  parts.config.set_most_notes(0);
  const Result<void> checked = check_config(notes_module(parts));
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().code, Code::kInvalidArgument);
  EXPECT_THAT(checked.error().message, AllOf(HasSubstr("test_notes"), HasSubstr("most_notes")));
  ASSERT_EQ(checked.error().violations.size(), 1u);
  EXPECT_EQ(checked.error().violations[0].field, "most_notes");
}

TEST(ModuleChecks, AskTheModuleItselfAboutItsConfiguration) {
  NotesParts parts;
  parts.config.set_banner("loud");
  Module module = notes_module(parts);
  module.checks_config([](const Message& config) -> Result<void> {
    const auto& banner = static_cast<const notes::Config&>(config).banner();
    if (banner == "loud") return invalid_field("banner", "must not be loud");
    return {};
  });
  const Result<void> checked = check_config(module);
  ASSERT_FALSE(checked.has_value());
  EXPECT_THAT(checked.error().message,
              AllOf(HasSubstr("test_notes"), HasSubstr("must not be loud")));
}

// ---- reactors ----

Result<CommandCalls> no_calls(const notes::NoteWritten&, const EventMeta&) {
  return CommandCalls();
}
Result<CommandCalls> no_calls_to_rows(const notes::NoteRow&, const EventMeta&) {
  return CommandCalls();
}

Module reacting(const std::string& source) {
  Module module = notes_module();
  module.reactor("edit").reads(source).on<notes::NoteWritten>(no_calls);
  return module;
}

TEST(ModuleChecks, WantTheLogThatAReactorReads) {
  EXPECT_EQ(refusal(alone(reacting("test_notes"))).code, Code::kOk);
  EXPECT_THAT(refusal(alone(reacting("mod_gone"))).message,
              HasSubstr("reactor 'edit' reads the log of module mod_gone, which this node"));
}

TEST(ModuleChecks, WantEventsOfTheLogThatAReactorReads) {
  Module module = notes_module();
  module.reactor("edit").on<notes::NoteRow>(no_calls_to_rows);
  EXPECT_THAT(refusal(alone(std::move(module))).message,
              HasSubstr("mt.tests.notes.NoteRow is no event of module test_notes"));
  Module silent = notes_module();
  silent.reactor("edit");
  EXPECT_THAT(refusal(alone(std::move(silent))).message, HasSubstr("given no event to answer"));
}

TEST(ModuleChecks, WantOneReactorOfAName) {
  Module module = reacting("test_notes");
  module.reactor("edit").on<notes::NoteWritten>(no_calls);
  EXPECT_THAT(refusal(alone(std::move(module))).message,
              HasSubstr("reactor 'edit' is listed twice"));
  Module odd = notes_module();
  odd.reactor("Edit").on<notes::NoteWritten>(no_calls);
  EXPECT_THAT(refusal(alone(std::move(odd))).message, HasSubstr("reactor 'Edit' must be named"));
}

// ---- upcasters ----

Result<StoredEvent> as_it_is(StoredEvent event) { return event; }

Module counting(std::vector<std::uint32_t> steps) {
  Module module = with_entities<Counter>("test_count");
  for (const std::uint32_t schema : steps) module.upcasts("Added", schema, as_it_is);
  return module;
}

TEST(ModuleChecks, AcceptAChainThatLeadsToTheCurrentSchema) {
  EXPECT_EQ(refusal(both(counting({1}), notes_module())).code, Code::kOk);
}

TEST(ModuleChecks, RefuseABrokenChainOfUpcasters) {
  const std::vector<std::pair<std::vector<std::uint32_t>, std::string>> broken{
      {{}, "no upcaster leads from event Added of schema 1 to schema 2"},
      {{1, 1}, "two upcasters for event Added of schema 1"},
      {{1, 2}, "Added of schema 3: this program knows up to schema 2"},
  };
  for (const auto& [steps, why] : broken) {
    const Error refused = refusal(both(counting(steps), notes_module()));
    EXPECT_EQ(refused.code, Code::kFailedPrecondition);
    EXPECT_THAT(refused.message, AllOf(HasSubstr("module test_count: "), HasSubstr(why)));
  }
  Module module = counting({1});
  module.upcasts("Subtracted", 1, as_it_is);
  EXPECT_THAT(refusal(both(std::move(module), notes_module())).message,
              HasSubstr("Subtracted of schema 1, which is read as Subtracted of schema 2: this "
                        "program has no such event"));
}

template <typename Row>
class VersionOf final : public ProjectionOf<notes::NoteEvent> {
 public:
  VersionOf(std::string table, std::uint32_t version)
      : version_(version), rows_(std::move(table), [](const Row&) { return "key"; }) {}
  TableBase& table() override { return rows_; }
  std::uint32_t version() const override { return version_; }
  using ProjectionOf::apply;
  void apply(const notes::NoteEvent&, const EventMeta&, KvWriter&) override {}

 private:
  const std::uint32_t version_;
  Table<Row> rows_;
};

TEST(ModuleChecks, AnEarlierVersionIsOneOfATableOfTheModule) {
  using Rows = VersionOf<notes::NoteRow>;
  const auto with_earlier = [](const auto& add) {
    Module module = bare("test_notes");
    module.projection<Rows>("test_notes_notes", 3);
    add(module);
    return alone(std::move(module));
  };
  EXPECT_EQ(refusal(with_earlier([](Module& module) {
              module.earlier<Rows>("test_notes_notes", 1);
              module.earlier<Rows>("test_notes_notes", 2);
            })).code,
            Code::kOk);
  const std::vector<std::pair<std::function<void(Module&)>, std::string>> cases = {
      {[](Module& module) { module.earlier<Rows>("test_notes_notes", 3); },
       "must be below version 3"},
      {[](Module& module) { module.earlier<Rows>("test_notes_other", 1); }, "has no such table"},
      {[](Module& module) { module.earlier<VersionOf<notes::Config>>("test_notes_notes", 1); },
       "has other rows than the newest"},
      {[](Module& module) {
         module.earlier<Rows>("test_notes_notes", 1);
         module.earlier<Rows>("test_notes_notes", 1);
       },
       "earlier version of a table 'test_notes_notes@1' is listed twice"},
  };
  for (const auto& [add, why] : cases) {
    const Error error = refusal(with_earlier(add));
    EXPECT_NE(error.code, Code::kOk) << why;
    EXPECT_THAT(error.message, HasSubstr(why));
  }
}

}  // namespace
}  // namespace mt::test
