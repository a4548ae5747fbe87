#include "bus/request_digest.h"

#include <gtest/gtest.h>

#include "tests/proto/bus_rules.pb.h"
#include "tests/unit/bus/parsed.h"

namespace mt::tests::bus {
namespace {

Digest digest(const Secrets& request, const char* method = "a.B/C", const char* actor = "ada") {
  static const auto validator = Validator::compile(*Secrets::descriptor());
  return request_digest(method, actor, *validator, request);
}

constexpr char kRequest[] =
    "name: 'a' key: 'k' one: {name: 'b' password: 'p'} counts: {key: 'x' value: 1}";

TEST(RequestDigest, IsTheSameForTheSameRequest) {
  EXPECT_EQ(digest(parsed<Secrets>(kRequest)), digest(parsed<Secrets>(kRequest)));
}

TEST(RequestDigest, DoesNotDependOnTheOrderOfMapEntries) {
  Secrets forwards, backwards;
  for (int i = 0; i < 100; ++i) (*forwards.mutable_counts())["k" + std::to_string(i)] = i;
  for (int i = 99; i >= 0; --i) (*backwards.mutable_counts())["k" + std::to_string(i)] = i;
  EXPECT_EQ(digest(forwards), digest(backwards));
}

TEST(RequestDigest, LeavesSecretsOut) {
  auto other = parsed<Secrets>(kRequest);
  other.set_key("another");
  other.mutable_one()->set_password("another");
  other.mutable_whole()->set_name("another");
  EXPECT_EQ(digest(other), digest(parsed<Secrets>(kRequest)));
}

TEST(RequestDigest, LeavesTheRequestAsItIs) {
  const auto request = parsed<Secrets>(kRequest);
  digest(request);
  EXPECT_EQ(request.one().password(), "p");
}

TEST(RequestDigest, DiffersByRequestMethodAndActor) {
  const auto request = parsed<Secrets>(kRequest);
  auto other = request;
  other.set_name("b");
  EXPECT_NE(digest(other), digest(request));
  EXPECT_NE(digest(request, "a.B/D"), digest(request));
  EXPECT_NE(digest(request, "a.B/C", "eve"), digest(request));
}

TEST(RequestDigest, KeepsMethodAndActorApart) {
  const auto request = parsed<Secrets>(kRequest);
  EXPECT_NE(digest(request, "ab", "c"), digest(request, "a", "bc"));
}

}  // namespace
}  // namespace mt::tests::bus
