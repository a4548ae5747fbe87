#include "ops/mtctl/anchor_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/fixture/temp_folder.h"

namespace mt::mtctl {
namespace {

using testing::HasSubstr;

Anchors two_anchors() {
  Anchors anchors;
  for (const std::string module : {"mod_main", "sys_core"}) {
    auto& anchor = *anchors.Add();
    anchor.set_module(module);
    anchor.set_position(3);
    anchor.set_hash(std::string(64, 'a'));
  }
  return anchors;
}

struct AnchorFile {
  test::TempFolder folder;
  std::string path = folder.path() / "anchors";

  void write(const std::string& text) { std::ofstream(path) << text; }
};

TEST(AnchorFileTest, HoldsWhatWasWritten) {
  const AnchorFile file;
  ASSERT_TRUE(write_anchors(file.path, two_anchors()));
  const auto anchors = read_anchors(file.path);
  ASSERT_TRUE(anchors) << anchors.error().message;
  ASSERT_EQ(anchors->size(), 2);
  EXPECT_EQ(anchors->at(1).module(), "sys_core");
  EXPECT_EQ(anchors->at(1).position(), 3u);
}

TEST(AnchorFileTest, IsNeverReplaced) {
  const AnchorFile file;
  ASSERT_TRUE(write_anchors(file.path, two_anchors()));
  EXPECT_EQ(write_anchors(file.path, two_anchors()).error().code, Code::kAlreadyExists);
}

TEST(AnchorFileTest, SaysWhenItCannotBeWritten) {
  const AnchorFile file;
  const auto written = write_anchors(file.folder.path() / "none/anchors", two_anchors());
  EXPECT_EQ(written.error().code, Code::kUnavailable);
}

TEST(AnchorFileTest, NamesTheLineThatIsNoAnchor) {
  AnchorFile file;
  ASSERT_TRUE(write_anchors(file.path, two_anchors()));
  std::ofstream(file.path, std::ios::app) << R"({"module":"mod_main","hash":"12"})";
  EXPECT_THAT(read_anchors(file.path).error().message, HasSubstr("line 3 is no anchor: its hash"));
  file.write("[1, 2]\n");
  EXPECT_THAT(read_anchors(file.path).error().message, HasSubstr("line 1 is no anchor"));
  file.write("");
  EXPECT_THAT(read_anchors(file.path).error().message, HasSubstr("holds no anchor"));
  EXPECT_EQ(read_anchors(file.folder.path() / "none").error().code, Code::kNotFound);
}

}  // namespace
}  // namespace mt::mtctl
