#include "modules/sys_accounts/server/names.h"

#include <gtest/gtest.h>

namespace mt::sys_accounts {
namespace {

TEST(Names, EmailsAreComparedWithoutCaseAndOuterSpace) {
  EXPECT_EQ(normalize_email(" Ann.Lee@Example.ORG\t"), "ann.lee@example.org");
  EXPECT_EQ(normalize_email("ann+tag@example.org"), "ann+tag@example.org");
  EXPECT_EQ(normalize_email("  "), "");
  EXPECT_EQ(normalize_email("J\xC3\x96rg@example.org"), "j\xC3\x96rg@example.org");
}

TEST(Names, FoldedNamesKeepWordsAndLoseCaseAndSpace) {
  EXPECT_EQ(fold_name("  Harbour \t Choir "), "harbour choir");
  EXPECT_EQ(fold_name("harbourchoir"), "harbourchoir");
  EXPECT_EQ(fold_name(" \n"), "");
}

TEST(Names, ANameHasALetterAndNoControlCharacter) {
  EXPECT_TRUE(check_name("name", "Chœur du port"));
  EXPECT_FALSE(check_name("name", " "));
  EXPECT_FALSE(check_name("name", "a\x01"));
  EXPECT_FALSE(check_name("name", "a\x7f"));
  EXPECT_EQ(check_name("name", "").error().violations.at(0).field, "name");
}

}  // namespace
}  // namespace mt::sys_accounts
