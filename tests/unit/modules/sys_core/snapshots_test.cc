#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "mod/main/v1/notices.pb.h"
#include "sys/core/v1/snapshots.pb.h"
#include "tests/unit/modules/sys_core/core_node.h"

namespace mt::sys_core {
namespace {

using testing::HasSubstr;

const ModuleName kModule{"mod_main"};

struct Snapshots : CoreNode {
  // A notice with one event.
  void post(const std::string& id) {
    ::mod::main::v1::PostNoticeRequest request;
    request.set_org_id("choir");
    request.set_notice_id(id);
    request.set_title("Rehearsal");
    request.set_text("At seven.");
    const Caller ada = test::account("ada", {{Role::ROLE_ADMIN, "choir", ""}});
    const auto reply = node().dispatcher().call_and_wait(
        test::TestNode::input_of("mod.main.v1.NoticeService/PostNotice", {.caller = ada}),
        std::make_shared<const ::mod::main::v1::PostNoticeRequest>(request));
    check(reply.has_value(), "a notice is posted");
  }
  // Returns after it is stored: with the batch of the next event.
  void keep(const std::string& id, const StoredSnapshot& snapshot) {
    post(id);
    node().control().tables().put_snapshot(kModule, {"notice", id}, snapshot);
    post("after-" + id);
  }
  Result<v1::GetSnapshotResponse> snapshot(const std::string& stream, test::CallAs as = {}) {
    v1::GetSnapshotRequest request;
    request.set_module(kModule.value);
    request.set_stream(stream);
    return call<v1::GetSnapshotResponse>("SnapshotService/GetSnapshot", request, std::move(as));
  }
  v1::ListSnapshotsResponse list(std::uint32_t page_size, const std::string& token = "") {
    v1::ListSnapshotsRequest request;
    request.set_module(kModule.value);
    request.set_page_size(page_size);
    request.set_page_token(token);
    return call<v1::ListSnapshotsResponse>("SnapshotService/ListSnapshots", request).value();
  }
};

TEST(SnapshotService, ShowsWhatIsKept) {
  Snapshots node;
  const Time taken{std::chrono::seconds(1'700'000'000)};
  node.keep("one", {{1}, "1", "state", "", taken});
  const auto found = node.snapshot("notice/one");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->snapshot().stream(), "notice/one");
  EXPECT_EQ(found->snapshot().version(), 1u);
  EXPECT_EQ(found->snapshot().stream_version(), 1u);
  EXPECT_EQ(found->snapshot().taken().seconds(), 1'700'000'000);
  EXPECT_EQ(found->snapshot().code_version(), "1");
  EXPECT_EQ(found->snapshot().state_bytes(), 5u);
  EXPECT_EQ(found->snapshot().unused(), "");
}

TEST(SnapshotService, SaysWhyOneIsNotUsed) {
  Snapshots node;
  node.keep("one", {{1}, "0", "state", "abc", {}});
  const auto found = node.snapshot("notice/one");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_THAT(found->snapshot().unused(), HasSubstr("of code 0 and schema abc"));
  EXPECT_THAT(found->snapshot().unused(), HasSubstr("this program's are of code 1"));
}

TEST(SnapshotService, ListsByPages) {
  Snapshots node;
  for (const char* id : {"a", "b", "c"}) node.keep(id, {{1}, "1", id, "", {}});
  const auto first = node.list(2);
  ASSERT_EQ(first.snapshots_size(), 2);
  EXPECT_EQ(first.snapshots(1).stream(), "notice/b");
  const auto second = node.list(2, first.next_page_token());
  ASSERT_EQ(second.snapshots_size(), 1);
  EXPECT_EQ(second.snapshots(0).stream(), "notice/c");
  EXPECT_EQ(second.next_page_token(), "");
}

TEST(SnapshotService, SaysWhatItDoesNotFind) {
  Snapshots node;
  EXPECT_EQ(node.snapshot("notice/nowhere").error().code, Code::kNotFound);
  EXPECT_EQ(node.snapshot("nowhere").error().code, Code::kInvalidArgument);
  EXPECT_EQ(node.snapshot("notice/x", {.caller = test::account("ada", {})}).error().code,
            Code::kPermissionDenied);
}

}  // namespace
}  // namespace mt::sys_core
