#include "events/written_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace mt {
namespace {

using testing::ElementsAre;

Upcasters::Step renamed(std::string type, std::uint32_t schema) {
  return [type = std::move(type), schema](StoredEvent event) -> Result<StoredEvent> {
    event.type = type;
    event.schema = schema;
    return event;
  };
}

TEST(WrittenQuery, NamesTheOlderNamesOfItsTypes) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters.add({"Raised", 1}, {"Added", 2}, renamed("Added", 2)));
  ASSERT_TRUE(upcasters.add({"Grown", 1}, {"Raised", 2}, renamed("Raised", 2)));
  ASSERT_TRUE(upcasters.add({"Raised", 2}, {"Added", 3}, renamed("Added", 3)));
  ASSERT_TRUE(upcasters.add({"Sunk", 1}, {"Dropped", 2}, renamed("Dropped", 2)));
  const TagQuery query{
      {{.tags = {"a"}, .types = {"Added"}}, {.tags = {"b"}}, {.tags = {"c"}, .types = {"Other"}}}};
  const TagQuery written = as_written(query, &upcasters);
  EXPECT_THAT(written.items[0].types, ElementsAre("Added", "Grown", "Raised"));
  EXPECT_THAT(written.items[0].tags, ElementsAre("a"));
  EXPECT_EQ(written.items[1], query.items[1]) << "of any type already";
  EXPECT_EQ(written.items[2], query.items[2]);
}

TEST(WrittenQuery, IsTheQueryItselfWithoutSteps) {
  const TagQuery query{{{.tags = {"a"}, .types = {"Added"}}}};
  EXPECT_EQ(as_written(query, nullptr), query);
  const Upcasters none;
  EXPECT_EQ(as_written(query, &none), query);
}

}  // namespace
}  // namespace mt
