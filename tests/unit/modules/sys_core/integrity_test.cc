#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sys/core/v1/integrity.pb.h"
#include "tests/unit/modules/sys_core/core_node.h"

namespace mt::sys_core {
namespace {

using testing::HasSubstr;

struct Logs : CoreNode {
  Logs() {
    sets().add("mod_main", "demo").commands = {post_notice(2, "n1", "One"),
                                               post_notice(3, "n2", "Two")};
    check(apply("mod_main", "demo").has_value(), "the set is applied");
  }
  v1::GetAnchorsResponse anchors() {
    const auto found =
        call<v1::GetAnchorsResponse>("IntegrityService/GetAnchors", v1::GetAnchorsRequest());
    check(found.has_value(), "the anchors can be had");
    return *found;
  }
  Result<std::vector<v1::LogReport>> verify(const v1::VerifyLogsRequest& request,
                                            test::CallAs as = {}) {
    return watch<v1::LogReport>("IntegrityService/VerifyLogs", request, std::move(as));
  }
};

TEST(IntegrityService, ChecksAllLogsOrThoseThatAreNamed) {
  Logs node;
  v1::VerifyLogsRequest request;
  const auto all = node.verify(request);
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ(all->at(0).module(), "mod_main");
  EXPECT_EQ(all->at(0).position(), 2u);
  EXPECT_EQ(all->at(0).commits(), 2u);
  EXPECT_TRUE(all->at(0).done());
  EXPECT_EQ(all->at(0).fault(), "");
  EXPECT_EQ(all->at(1).module(), "sys_core");

  request.add_modules("sys_core");
  request.add_modules("sys_core");
  EXPECT_EQ(node.verify(request)->size(), 1u);
  request.add_modules("mod_nothing");
  const auto unknown = node.verify(request);
  EXPECT_EQ(unknown.error().code, Code::kNotFound);
  EXPECT_THAT(unknown.error().message, HasSubstr("'mod_nothing'; there are: mod_main, sys_core"));
}

TEST(IntegrityService, ReportsADamagedLogAndGoesOnWithTheNext) {
  Logs node;
  node.storage().memory_log.bytes_at({"mod_main"}, {2})[60] ^= 1;
  const auto reports = node.verify({});
  ASSERT_TRUE(reports) << reports.error().message;
  ASSERT_EQ(reports->size(), 2u);
  EXPECT_THAT(reports->at(0).fault(), HasSubstr("position 2 of mod_main"));
  EXPECT_EQ(reports->at(0).position(), 1u);
  EXPECT_EQ(reports->at(0).head(), 2u);
  EXPECT_EQ(reports->at(1).fault(), "");
}

TEST(IntegrityService, GivesAnchorsThatHoldLater) {
  Logs node;
  v1::VerifyLogsRequest request;
  *request.mutable_anchors() = node.anchors().anchors();
  ASSERT_EQ(request.anchors_size(), 2);
  EXPECT_EQ(request.anchors(0).position(), 2u);
  EXPECT_TRUE(request.anchors(0).has_taken());
  const auto reports = node.verify(request);
  ASSERT_TRUE(reports) << reports.error().message;
  for (const v1::LogReport& report : *reports) EXPECT_EQ(report.fault(), "");

  std::string& digit = *request.mutable_anchors(0)->mutable_hash();
  digit[0] = digit[0] == '0' ? '1' : '0';
  EXPECT_THAT(node.verify(request)->at(0).fault(), HasSubstr("the anchor at position 2"));
}

TEST(IntegrityService, RefusesWhatIsNoAnchor) {
  Logs node;
  v1::VerifyLogsRequest request;
  v1::Anchor& anchor = *request.add_anchors();
  anchor.set_module("mod_main");
  anchor.set_hash("abc");
  const auto refused = node.verify(request);
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("hash"));
}

TEST(IntegrityService, IsForSuperadmins) {
  Logs node;
  EXPECT_EQ(node.verify({}, {.caller = Caller::anonymous()}).error().code, Code::kUnauthenticated);
}

}  // namespace
}  // namespace mt::sys_core
