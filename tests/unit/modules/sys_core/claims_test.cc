#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "events/event_codec.h"
#include "mod/main/v1/notices.pb.h"
#include "sys/core/v1/claims.pb.h"
#include "tests/unit/modules/sys_core/core_node.h"

namespace mt::sys_core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A node whose log says that notices have names of their own, which mod_main's do not.
class ClaimsNode {
 public:
  static constexpr const char* kModule = "mod_main";

  // The notice holds the name alone, in the place of the one it had.
  void take(const std::string& id, const std::string& name) {
    node_.reset();
    check(storage_.memory_log.open({kModule}).has_value(), "a log in memory opens");
    CommitRecord record;
    record.first = storage_.memory_log.head({kModule}) + 1;
    record.time = storage_.clock.now();
    Commit& commit = record.commit;
    commit.stream = {"notice", id};
    commit.expected = {versions_[id]++};
    ::mod::main::v1::NoticeEvent event;
    event.mutable_posted()->set_title(name);
    commit.events = {encode_event(event)};
    if (!names_[id].empty()) commit.released = {{"name", names_[id]}};
    commit.taken = {{"name", name}};
    names_[id] = name;
    const LogAppend append{{kModule}, &record};
    check(storage_.memory_log.append({&append, 1}).has_value(), "a log in memory grows");
  }

  Result<v1::GetClaimResponse> claim(const std::string& value, const std::string& module = kModule,
                                     test::CallAs as = {}) {
    v1::GetClaimRequest request;
    request.set_module(module);
    request.set_scope("name");
    request.set_value(value);
    return call<v1::GetClaimResponse>("GetClaim", request, std::move(as));
  }
  Result<v1::ListClaimsResponse> list(const v1::ListClaimsRequest& request, test::CallAs as = {}) {
    return call<v1::ListClaimsResponse>("ListClaims", request, std::move(as));
  }

 private:
  template <typename Response, typename Request>
  Result<Response> call(const std::string& method, const Request& request, test::CallAs as) {
    if (!node_) {
      std::vector<Module> modules;
      modules.push_back(sys_core());
      modules.push_back(mod_main::mod_main());
      node_.emplace(storage_, std::move(modules));
      node_->must_start();
    }
    const auto reply =
        node_->call("sys.core.v1.ClaimService/" + method, Request(request), std::move(as));
    if (!reply) return reply.error();
    return test::message_of<Response>(reply);
  }

  test::NodeStorage storage_;
  std::map<std::string, std::uint64_t> versions_;
  std::map<std::string, std::string> names_;
  std::optional<test::TestNode> node_;
};

std::vector<std::string> values_of(const v1::ListClaimsResponse& response) {
  std::vector<std::string> values;
  for (const auto& claim : response.claims()) values.push_back(claim.value());
  return values;
}

TEST(ClaimService, ShowsWhoHoldsAValueAndSinceWhen) {
  ClaimsNode node;
  node.take("a", "acme");
  node.take("b", "bees");
  const auto held = node.claim("bees");
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_EQ(held->claim().scope(), "name");
  EXPECT_EQ(held->claim().value(), "bees");
  EXPECT_EQ(held->claim().stream(), "notice/b");
  EXPECT_EQ(held->claim().since(), 2u);
  EXPECT_EQ(held->position(), 2u);

  node.take("b", "wasps");
  const auto free = node.claim("bees");
  ASSERT_FALSE(free);
  EXPECT_EQ(free.error().code, Code::kNotFound);
  EXPECT_THAT(free.error().message, HasSubstr("up to position 3"));
  EXPECT_THAT(free.error().message, testing::Not(HasSubstr("bees"))) << "it may be personal";
  node.take("a", "bees");
  EXPECT_EQ(node.claim("bees")->claim().stream(), "notice/a");
  EXPECT_EQ(node.claim("bees")->claim().since(), 4u);
}

TEST(ClaimService, ListsClaimsPageByPage) {
  ClaimsNode node;
  for (const std::string name : {"d", "a", "e", "c", "b"}) node.take("of " + name, name);
  v1::ListClaimsRequest request;
  request.set_module(ClaimsNode::kModule);
  request.set_page_size(2);
  const auto first = node.list(request);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_THAT(values_of(*first), ElementsAre("a", "b"));
  node.take("of b", "bb");  // what was served may go; nothing is skipped for that
  request.set_page_token(first->next_page_token());
  const auto second = node.list(request);
  EXPECT_THAT(values_of(*second), ElementsAre("bb", "c"));
  request.set_page_token(second->next_page_token());
  const auto third = node.list(request);
  EXPECT_THAT(values_of(*third), ElementsAre("d", "e"));
  EXPECT_EQ(third->next_page_token(), "");

  request.set_scope("other");
  EXPECT_EQ(node.list(request).error().code, Code::kInvalidArgument) << "another query's token";
  request.clear_page_token();
  EXPECT_THAT(values_of(*node.list(request)), ElementsAre());
  request.set_scope("name");
  EXPECT_THAT(values_of(*node.list(request)), ElementsAre("a", "bb"));
}

TEST(ClaimService, RefusesWhatIsNotThere) {
  ClaimsNode node;
  EXPECT_EQ(node.claim("none").error().code, Code::kNotFound);
  EXPECT_EQ(node.claim("none", "mod_x").error().code, Code::kNotFound);
  EXPECT_EQ(node.claim("none", "").error().code, Code::kInvalidArgument);
  v1::ListClaimsRequest request;
  request.set_module("mod_x");
  EXPECT_EQ(node.list(request).error().code, Code::kNotFound);
  request.set_page_size(1001);
  EXPECT_EQ(node.list(request).error().code, Code::kInvalidArgument);
}

TEST(ClaimService, IsForSuperadmins) {
  ClaimsNode node;
  EXPECT_EQ(node.claim("acme", ClaimsNode::kModule, {.caller = Caller::anonymous()}).error().code,
            Code::kUnauthenticated);
  const Caller admin = test::account("ada", {{Role::ROLE_ADMIN, "choir", ""}});
  v1::ListClaimsRequest request;
  request.set_module(ClaimsNode::kModule);
  EXPECT_EQ(node.list(request, {.caller = admin}).error().code, Code::kPermissionDenied);
}

}  // namespace
}  // namespace mt::sys_core
