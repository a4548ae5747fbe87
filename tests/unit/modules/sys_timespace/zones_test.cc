#include "modules/sys_timespace/server/zones.h"

#include <gtest/gtest.h>

#include <string>

namespace mt::sys_timespace {
namespace {

TEST(Zones, AreFoundByTheirNamesInTzdata) {
  for (const std::string name : {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires",
                                 "Etc/GMT+5", "America/Port-au-Prince", "EST5EDT"}) {
    const auto zone = find_zone(name);
    ASSERT_TRUE(zone) << name;
    EXPECT_EQ(zone->name(), name);
  }
}

TEST(Zones, AreNotWhateverElseHasAName) {
  for (const std::string name :
       {"", "Europe", "Europe/", "/Europe/Berlin", "Europe//Berlin", "Europe/Atlantis",
        "europe/berlin", "zone.tab", "../../../etc/localtime", "/etc/localtime", "localtime",
        "posix/Europe/Berlin", "right/Europe/Berlin", "posixrules", "Factory", "Europe/Berlin ",
        "Fixed/UTC+01:00:00", "libc:localtime", "file:Europe/Berlin"}) {
    EXPECT_FALSE(find_zone(name)) << name;
  }
  EXPECT_FALSE(find_zone(std::string("UTC\0", 4)));
  EXPECT_FALSE(find_zone("Europe/" + std::string(10'000, 'a')));
}

TEST(Zones, AreRefusedByTheNameOfTheirField) {
  const auto zone = zone_of("from_zone", "Mars/Olympus");
  ASSERT_FALSE(zone);
  EXPECT_EQ(zone.error().code, Code::kInvalidArgument);
  ASSERT_EQ(zone.error().violations.size(), 1u);
  EXPECT_EQ(zone.error().violations[0].field, "from_zone");
}

}  // namespace
}  // namespace mt::sys_timespace
