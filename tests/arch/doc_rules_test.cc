#include "tests/arch/doc_rules.h"

#include <gtest/gtest.h>

namespace mt::arch {
namespace {

TEST(Documents, LinkToWhatExists) { EXPECT_EQ(listed(broken_links(project())), ""); }

TEST(Documents, NameFilesThatExist) { EXPECT_EQ(listed(vanished_files(project())), ""); }

SourceTree with(std::string text) {
  return {{"docs/DATA.md", "# Keys & bytes, in order\n"},
          {"docs/HOME.md", std::move(text)},
          {"events/writer.h", ""}};
}

TEST(DocRules, FindALinkToNoFile) {
  EXPECT_TRUE(broken_links(with("[a](DATA.md) [b](../events/) [c](https://a.example/b)")).empty());
  EXPECT_FALSE(broken_links(with("[a](GONE.md)")).empty());
  EXPECT_FALSE(broken_links(with("[a](DATA.md) [b](../gone/)")).empty());
}

TEST(DocRules, FindALinkToNoHeading) {
  EXPECT_TRUE(broken_links(with("[a](DATA.md#keys--bytes-in-order)")).empty());
  EXPECT_FALSE(broken_links(with("[a](DATA.md#values)")).empty());
  EXPECT_FALSE(broken_links(with("[a](#nowhere)")).empty());
}

TEST(DocRules, PassOverCode) {
  EXPECT_TRUE(broken_links(with("`[a](GONE.md)`\n```\n[a](GONE.md)\n```\n")).empty());
}

TEST(DocRules, FindANamedFileThatIsGone) {
  EXPECT_TRUE(vanished_files(with("`events/writer.h`, `modules/mod_disco/module.h`")).empty());
  EXPECT_FALSE(vanished_files(with("`events/reader.h`")).empty());
}

}  // namespace
}  // namespace mt::arch
