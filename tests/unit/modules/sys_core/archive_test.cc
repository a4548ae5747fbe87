// What a node says whose logs and tables lie in memory, and what it refuses. What it does on a disk
// is in tests/scenario/archive_test.cc and compaction_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/core/v1/archive.pb.h"
#include "sys/core/v1/tables.pb.h"
#include "tests/unit/modules/sys_core/core_node.h"

namespace mt::sys_core {
namespace {

using testing::HasSubstr;

TEST(ArchiveService, RefusesWhatSaysNothingOrCannotBe) {
  CoreNode node;
  const auto archive = [&node](const v1::ArchiveEventsRequest& request) {
    return node.watch<v1::ArchiveEventsProgress>("ArchiveService/ArchiveEvents", request).error();
  };
  v1::ArchiveEventsRequest request;
  EXPECT_EQ(archive(request).code, Code::kInvalidArgument) << "no module";
  request.set_module("mod_main");
  EXPECT_EQ(archive(request).code, Code::kInvalidArgument);
  EXPECT_THAT(archive(request).message, HasSubstr("before_position"));
  request.set_keep(1);
  for (const bool plan_only : {true, false}) {
    request.set_plan_only(plan_only);
    EXPECT_EQ(archive(request).code, Code::kFailedPrecondition);
    EXPECT_THAT(archive(request).message, HasSubstr("keeps no sealed files"));
  }
}

TEST(ArchiveService, ListsNoFilesOfALogInMemory) {
  CoreNode node;
  v1::ListArchivesRequest request;
  const auto none = node.call<v1::ListArchivesResponse>("ArchiveService/ListArchives", request);
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_EQ(none->files_size(), 0);
  request.add_modules("mod_nothing");
  EXPECT_EQ(
      node.call<v1::ListArchivesResponse>("ArchiveService/ListArchives", request).error().code,
      Code::kNotFound);
}

TEST(TablesService, CompactsNoTablesInMemory) {
  CoreNode node;
  const auto refused = node.watch<v1::CompactTablesProgress>("TablesService/CompactTables",
                                                             v1::CompactTablesRequest());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(refused.error().message, HasSubstr("no file"));
}

}  // namespace
}  // namespace mt::sys_core
