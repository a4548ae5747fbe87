// What the LogWriter promises of commands that are sent again, on every log and store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/contract/writing.h"

namespace mt {
namespace {

using namespace std::chrono_literals;
using test::commit;
using test::keyed;
using test::kModule;
using test::stream;
using testing::HasSubstr;

void expect_refused(const Result<Appended>& result, Code code) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, code) << result.error().message;
}

template <typename Backend>
class RememberedCommandsContract : public testing::Test {
 protected:
  test::Writing<Backend> writing_;
};

TYPED_TEST_SUITE(RememberedCommandsContract, test::Backends, test::BackendNames);

// It once ended the process, and before that stopped the writer for all modules.
TYPED_TEST(RememberedCommandsContract, ADamagedResultRefusesItsCommandAlone) {
  auto& writing = this->writing_;
  ASSERT_TRUE(writing.append(keyed(commit(stream("a"), {0}), "key", "reply")));
  writing.follow();
  const StoreId results = writing.kv().open("mod_main.results").value();
  for (const std::string& value :
       {std::string("123"), std::string(7, '\0') + '\2', std::string(8, '\x7f')}) {
    ASSERT_TRUE(writing.append(commit(stream("b"), {writing.log().head(kModule).value - 1})));
    writing.follow();
    ASSERT_TRUE(writing.kv().write([&](KvWriter& kv) -> Result<void> {
      kv.put(results, "key", value);
      return {};
    }));
    const auto refused = writing.append(keyed(commit(stream("a"), {1}), "key", "reply"));
    expect_refused(refused, Code::kDataLoss);
    EXPECT_THAT(refused.error().message, HasSubstr("the derived state of mod_main is damaged"));
    EXPECT_EQ(writing.writer().failure(), "");
  }
  EXPECT_TRUE(writing.append(keyed(commit(stream("a"), {1}), "other", "reply")));
}

// Results once were kept for ever.
TYPED_TEST(RememberedCommandsContract, RemembersACommandForItsWindow) {
  auto& writing = this->writing_;
  const auto again = [&](std::uint64_t version) {
    return writing.append(keyed(commit(stream("a"), {version}), "key", "reply", 2));
  };
  ASSERT_TRUE(again(0));
  for (const bool applied : {false, true}) {
    const std::uint64_t version = applied ? 2 : 1;
    if (applied) writing.follow();
    writing.clock.advance(23h);
    EXPECT_TRUE(again(version)->repeated);
    const auto other = writing.append(keyed(commit(stream("a"), {version}), "key", "", 3));
    expect_refused(other, Code::kAlreadyExists);
    EXPECT_THAT(other.error().message, HasSubstr("digest 0202020202"));
    if (applied) writing.restart();
    EXPECT_TRUE(again(version)->repeated) << "also after a restart";
    writing.clock.advance(1h);
    const auto anew = again(version);
    ASSERT_TRUE(anew) << anew.error().message;
    EXPECT_FALSE(anew->repeated) << "after the window the key is a new command's";
  }
  EXPECT_EQ(writing.log().head(kModule), Position{3});
}

TYPED_TEST(RememberedCommandsContract, RemembersTheCommandsOfSetsForEver) {
  auto& writing = this->writing_;
  ASSERT_TRUE(writing.append(keyed(commit(stream("a"), {0}), "bs/mod_main/demo/1", "")));
  writing.clock.advance(24h * 365);
  EXPECT_TRUE(writing.append(keyed(commit(stream("a"), {0}), "bs/mod_main/demo/1", ""))->repeated);
}

}  // namespace
}  // namespace mt
