#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sys/core/v1/backup.pb.h"
#include "tests/fixture/archived_logs.h"
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
  Result<std::string> read(const std::string& module, Position from, Position to,
                           test::CallAs as = {}) {
    v1::ReadLogRequest request;
    request.set_module(module);
    request.set_from_position(from.value);
    request.set_to_position(to.value);
    MT_TRY(const auto pieces,
           watch<v1::ReadLogResponse>("BackupService/ReadLog", request, std::move(as)));
    std::string archive;
    for (const v1::ReadLogResponse& piece : pieces) archive += piece.archive();
    return archive;
  }
};

TEST(BackupService, GivesALogAwayAsItIsStored) {
  Logs node;
  const auto archive = node.read("mod_main", {}, {});
  ASSERT_TRUE(archive) << archive.error().message;
  MemoryLog copy;
  const ImportLimits all;
  LogImport import(copy, all);
  const auto imported = test::import_archive(*archive, import);
  ASSERT_TRUE(imported) << imported.error().message;
  const MemoryLog& log = node.storage().memory_log;
  EXPECT_EQ(copy.head({"mod_main"}), Position{2});
  EXPECT_EQ(anchor_of(copy, {"mod_main"}).value(), anchor_of(log, {"mod_main"}).value());
}

TEST(BackupService, GivesARange) {
  Logs node;
  const auto archive = node.read("mod_main", {2}, {2});
  ASSERT_TRUE(archive) << archive.error().message;
  MemoryLog nowhere;
  const ImportLimits all;
  LogImport import(nowhere, all);
  EXPECT_THAT(test::import_archive(*archive, import).error().message,
              HasSubstr("begins at position 2"));
  EXPECT_EQ(node.read("mod_main", {7}, {}).error().code, Code::kNotFound);
  EXPECT_EQ(node.read("mod_none", {}, {}).error().code, Code::kNotFound);
}

TEST(BackupService, TellsWhereAllLogsEnd) {
  Logs node;
  const auto cut = node.call<v1::GetCutResponse>("BackupService/GetCut", v1::GetCutRequest());
  ASSERT_TRUE(cut) << cut.error().message;
  ASSERT_EQ(cut->ends_size(), 2);
  EXPECT_EQ(cut->ends(0).module(), "mod_main");
  EXPECT_EQ(cut->ends(0).position(), 2u);
  EXPECT_EQ(cut->ends(0).hash(),
            to_hex(anchor_of(node.storage().memory_log, {"mod_main"}).value().hash));
}

TEST(BackupService, OfADamagedLogEndsWithItsPlace) {
  Logs node;
  node.storage().memory_log.bytes_at({"mod_main"}, {1})[60] ^= 1;
  const auto archive = node.read("mod_main", {}, {});
  ASSERT_FALSE(archive);
  EXPECT_EQ(archive.error().code, Code::kDataLoss);
  EXPECT_THAT(archive.error().message, HasSubstr("position 1 of mod_main"));
}

TEST(BackupService, IsForSuperadmins) {
  Logs node;
  EXPECT_EQ(node.read("mod_main", {}, {}, {.caller = Caller::anonymous()}).error().code,
            Code::kUnauthenticated);
}

}  // namespace
}  // namespace mt::sys_core
