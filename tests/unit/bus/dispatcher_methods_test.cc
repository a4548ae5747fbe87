#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/bus/given_dispatcher.h"

namespace mt::tests::bus {
namespace {

using testing::HasSubstr;

const google::protobuf::ServiceDescriptor& broken_service() {
  return *Question::descriptor()->file()->FindServiceByName("BrokenService");
}

struct Mistake {
  const char* method;
  bool watch;
  const char* says;
};

TEST(Dispatcher, RefusesAMethodWhoseProtoIsWrongAndNamesIt) {
  const Mistake mistakes[] = {
      {"NoOptions", false, "no kind; set KIND_COMMAND, KIND_QUERY or KIND_WATCH"},
      {"NoKind", false, "no kind; set KIND_COMMAND, KIND_QUERY or KIND_WATCH"},
      {"NoAccess", false, "no access option"},
      {"OrgFieldMissing", false, "access option org_field names 'organisation'"},
      {"WatchWithoutStream", true, "KIND_WATCH needs 'returns (stream …)'"},
      {"StreamedQuery", false, "only KIND_WATCH may be answered by a stream"},
      {"StreamedRequest", false, "streams of requests are not supported"},
      {"EntityOfQuery", false, "only commands have an entity_id"},
      {"EntityMissing", false, "option entity_id names 'entity'"},
      {"CreatesNothing", false, "'creates' needs entity_id"},
  };
  Dispatcher dispatcher({});
  for (const auto& [name, watch, says] : mistakes) {
    Method method{broken_service().FindMethodByName(name), {"mod_echo"}, {}, {}, {}};
    if (watch)
      method.stream = follow;
    else
      method.unary = echo;
    const auto added = dispatcher.add(method);
    ASSERT_FALSE(added) << name;
    EXPECT_EQ(added.error().code, Code::kFailedPrecondition) << name;
    EXPECT_THAT(added.error().message, HasSubstr("mt.tests.bus.BrokenService"));
    EXPECT_THAT(added.error().message, HasSubstr(name));
    EXPECT_THAT(added.error().message, HasSubstr(says));
  }
}

TEST(Dispatcher, RefusesAMethodWhoseRequestHasARuleThatCannotBe) {
  Dispatcher dispatcher({});
  const auto added = dispatcher.add(
      {broken_service().FindMethodByName("RuleOfRequest"), {"mod_echo"}, {}, echo, {}});
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().message, HasSubstr("mt.tests.bus.BadPattern.value"));
}

TEST(Dispatcher, RefusesAHandlerThatDoesNotFitItsMethod) {
  Dispatcher dispatcher({});
  const auto* const ask = echo_service().FindMethodByName("Ask");
  const auto* const follows = echo_service().FindMethodByName("Follow");
  for (const Method& method : {Method{ask, {}, {}, {}, {}}, Method{ask, {}, {}, {}, follow},
                               Method{ask, {}, {}, echo, follow}, Method{follows, {}, {}, {}, {}},
                               Method{follows, {}, {}, echo, {}}}) {
    const auto added = dispatcher.add(method);
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, Code::kFailedPrecondition);
    EXPECT_THAT(added.error().message, HasSubstr(method.name()));
    EXPECT_THAT(added.error().message, HasSubstr("handler"));
  }
  EXPECT_FALSE(dispatcher.add(Method()));
}

TEST(Dispatcher, RefusesAMethodThatAnotherModuleOffers) {
  Dispatcher dispatcher({});
  Method method = unary_method("Ask", echo);
  EXPECT_TRUE(dispatcher.add(method));
  method.module = {"mod_other"};
  const auto added = dispatcher.add(method);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Code::kAlreadyExists);
  EXPECT_EQ(added.error().message,
            "method mt.tests.bus.EchoService/Ask is offered by module mod_echo and again by "
            "mod_other");
  EXPECT_EQ(dispatcher.find(echo_name("Ask"))->module.value, "mod_echo");
}

TEST(Dispatcher, NamesTheMethodsThatAServiceLacks) {
  Dispatcher dispatcher({});
  EXPECT_TRUE(dispatcher.add(unary_method("Ask", echo)));
  const auto incomplete = dispatcher.check_complete(echo_service());
  ASSERT_FALSE(incomplete);
  EXPECT_EQ(incomplete.error().code, Code::kFailedPrecondition);
  EXPECT_EQ(incomplete.error().message,
            "service mt.tests.bus.EchoService lacks handlers for: Work, Private, Tell, Follow");
}

TEST(Dispatcher, KnowsItsMethodsByName) {
  Dispatcher dispatcher({});
  add_echo_methods(dispatcher);
  EXPECT_TRUE(dispatcher.check_complete(echo_service()));
  std::vector<std::string> names;
  for (const Method* method : dispatcher.methods()) names.push_back(method->descriptor->name());
  EXPECT_THAT(names, testing::ElementsAre("Ask", "Follow", "Private", "Tell", "Work"));
  EXPECT_EQ(dispatcher.find("mt.tests.bus.EchoService/Nothing"), nullptr);
  EXPECT_EQ(dispatcher.find(""), nullptr);
}

}  // namespace
}  // namespace mt::tests::bus
