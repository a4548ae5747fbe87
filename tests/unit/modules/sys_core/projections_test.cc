#include <gtest/gtest.h>

#include <string>

#include "mod/main/v1/notices.pb.h"
#include "tests/unit/modules/sys_core/core_node.h"

namespace mt::sys_core {
namespace {

struct Notices : CoreNode {
  Notices() {
    sets().add("mod_main", "demo").commands = {post_notice(2, "n1", "One"),
                                               post_notice(3, "n2", "Two")};
    check(apply("mod_main", "demo").has_value(), "the set is applied");
  }
};

TEST(ProjectionService, ListsAllTables) {
  Notices node;
  const auto listed = node.call<v1::ListProjectionsResponse>("ProjectionService/ListProjections",
                                                             v1::ListProjectionsRequest());
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->tables_size(), 3);
  EXPECT_EQ(listed->tables(0).name(), "sys_core_bootstrap_sets");
  EXPECT_EQ(listed->tables(1).name(), "sys_core_erasures");
  EXPECT_EQ(listed->tables(2).name(), "mod_main_notices");
  EXPECT_EQ(listed->tables(2).rows(), 2u);
}

TEST(ProjectionService, RebuildsATable) {
  Notices node;
  v1::RebuildProjectionRequest request;
  request.set_table("mod_main_notices");
  const auto reports =
      node.watch<v1::ProjectionProgress>("ProjectionService/RebuildProjection", request);
  ASSERT_TRUE(reports) << reports.error().message;
  const v1::ProjectionProgress& last = reports->back();
  EXPECT_TRUE(last.done());
  EXPECT_EQ(last.table(), "mod_main_notices");
  EXPECT_EQ(last.position(), 2u);
  EXPECT_EQ(last.rows(), 2u);
  request.set_table("mod_main_nothing");
  EXPECT_EQ(node.watch<v1::ProjectionProgress>("ProjectionService/RebuildProjection", request)
                .error()
                .code,
            Code::kNotFound);
}

TEST(ProjectionService, VerifiesOneTableOrAll) {
  Notices node;
  v1::VerifyProjectionsRequest request;
  const auto all =
      node.watch<v1::ProjectionProgress>("ProjectionService/VerifyProjections", request);
  ASSERT_TRUE(all) << all.error().message;
  int done = 0;
  for (const auto& report : *all) {
    if (!report.done()) continue;
    ++done;
    EXPECT_TRUE(report.equal()) << report.table();
    EXPECT_EQ(report.table_hash(), report.log_hash());
    EXPECT_EQ(report.table_hash().size(), 64u);
  }
  EXPECT_EQ(done, 3);
  request.set_table("mod_main_nothing");
  EXPECT_EQ(node.watch<v1::ProjectionProgress>("ProjectionService/VerifyProjections", request)
                .error()
                .code,
            Code::kNotFound);
}

TEST(ProjectionService, TellsATableThatIsNotTheFoldOfItsLog) {
  Notices node;
  const StoreId rows = *node.storage().memory_kv.open("mod_main_notices@1");
  ASSERT_TRUE(node.storage().memory_kv.write([&](KvWriter& kv) -> Result<void> {
    kv.erase(rows, "n2");
    return {};
  }));
  v1::VerifyProjectionsRequest request;
  request.set_table("mod_main_notices");
  const auto reports =
      node.watch<v1::ProjectionProgress>("ProjectionService/VerifyProjections", request);
  ASSERT_TRUE(reports) << reports.error().message;
  EXPECT_FALSE(reports->back().equal());
  EXPECT_NE(reports->back().table_hash(), reports->back().log_hash());
}

TEST(ProjectionService, VerifiesTheOthersBesideOneThatCannotBeCompared) {
  Notices node;
  node.storage().memory_log.bytes_at({"mod_main"}, {1}).back() ^= 1;
  v1::VerifyProjectionsRequest request;
  const auto all =
      node.watch<v1::ProjectionProgress>("ProjectionService/VerifyProjections", request);
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->back().table(), "mod_main_notices");
  EXPECT_TRUE(all->back().done());
  EXPECT_FALSE(all->back().equal());
  EXPECT_NE(all->back().failure().find("position 1 of mod_main's log is damaged"),
            std::string::npos);
  bool compared = false;
  for (const auto& report : *all)
    compared = compared || (report.table() == "sys_core_bootstrap_sets" && report.equal());
  EXPECT_TRUE(compared);

  request.set_table("mod_main_notices");
  const auto one =
      node.watch<v1::ProjectionProgress>("ProjectionService/VerifyProjections", request);
  EXPECT_EQ(one.error().code, Code::kDataLoss);
}

TEST(ProjectionService, IsForSuperadminsOnly) {
  Notices node;
  v1::RebuildProjectionRequest request;
  request.set_table("mod_main_notices");
  const auto refused = node.watch<v1::ProjectionProgress>(
      "ProjectionService/RebuildProjection", request,
      {.caller = test::account("ann", {{Role::ROLE_ADMIN, "", ""}})});
  EXPECT_EQ(refused.error().code, Code::kPermissionDenied);
}

TEST(ProjectionService, VerifyShowsTheRowsThatDiffer) {
  Notices node;
  LiveTables& tables = node.node().control().tables();
  const TableBase* table = tables.table("mod_main_notices").value();
  ASSERT_TRUE(node.storage().kv.write([&](KvWriter& kv) -> Result<void> {
    ::mod::main::v1::NoticeRow row;
    row.set_title("Ghost");
    kv.put(table->stores().front(), "n0", row.SerializeAsString());
    kv.put(table->stores().front(), "n2", "\xff");
    return {};
  }));
  v1::VerifyProjectionsRequest request;
  request.set_table("mod_main_notices");
  const auto reports =
      node.watch<v1::ProjectionProgress>("ProjectionService/VerifyProjections", request);
  ASSERT_TRUE(reports) << reports.error().message;
  const v1::ProjectionProgress& last = reports->back();
  EXPECT_FALSE(last.equal());
  ASSERT_EQ(last.difference().first_size(), 2);
  EXPECT_EQ(last.difference().surplus(), 1u);
  EXPECT_EQ(last.difference().different(), 1u);
  const v1::RowDifference& ghost = last.difference().first(0);
  EXPECT_EQ(ghost.key(), "n0");
  EXPECT_EQ(ghost.in_table().fields().at("title").string_value(), "Ghost");
  EXPECT_FALSE(ghost.has_in_log());
  const v1::RowDifference& damaged = last.difference().first(1);
  EXPECT_TRUE(damaged.in_table().fields().contains("unreadable"));
  EXPECT_EQ(damaged.in_log().fields().at("title").string_value(), "Two");
}

}  // namespace
}  // namespace mt::sys_core
