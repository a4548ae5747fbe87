#include "events/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace mt {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

// What `write` puts on stderr under these settings.
std::string logged(const LogSettings& settings, const std::function<void(const Logger&)>& write) {
  const Logger logger("log_test");
  EXPECT_TRUE(configure_logging(settings));
  testing::internal::CaptureStderr();
  write(logger);
  std::string line = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(configure_logging({}));
  return line;
}

std::string text(std::string_view value) {
  return logged({"info", "text"}, [&](const Logger& log) { log.info("seen", {{"key", value}}); });
}

std::string json(std::string_view value) {
  return logged({"info", "json"}, [&](const Logger& log) { log.info("seen", {{"key", value}}); });
}

TEST(Logger, WritesTextForPeople) {
  const std::string line = logged({}, [](const Logger& log) {
    log.warn("append refused", {{"stream", "notice/7"}, {"expected", 12}, {"found", -1}});
  });
  EXPECT_THAT(line, MatchesRegex("[0-9: .-]+ warning? log_test: append refused stream=notice/7 "
                                 "expected=12 found=-1\n"));
}

TEST(Logger, QuotesAndEscapesTextThatWouldBlurItsEnds) {
  EXPECT_THAT(text("plain"), EndsWith("seen key=plain\n"));
  EXPECT_THAT(text("two words"), EndsWith("seen key=\"two words\"\n"));
  EXPECT_THAT(text("a\"b"), EndsWith("seen key=\"a\\\"b\"\n"));
  EXPECT_THAT(text("a\nfaked line"), EndsWith("seen key=\"a\\u000afaked line\"\n"));
  EXPECT_THAT(text("\x1b[31mred"), EndsWith("seen key=\\u001b[31mred\n"));
  EXPECT_THAT(text("\x7f"), EndsWith("seen key=\\u007f\n"));
}

TEST(Logger, WritesJsonForMachines) {
  const std::string line = logged({"info", "json"}, [](const Logger& log) {
    log.error("flush failed", {{"module", "mod_main"}, {"events", 3}});
  });
  EXPECT_THAT(line, StartsWith("{\"time\":\"20"));
  EXPECT_THAT(line, EndsWith("\"level\":\"error\",\"logger\":\"log_test\",\"event\":\"flush "
                             "failed\",\"module\":\"mod_main\",\"events\":\"3\"}\n"));
}

TEST(Logger, EscapesInJsonWhatJsonForbids) {
  EXPECT_THAT(json("a\"b\\c"), HasSubstr(R"("key":"a\"b\\c")"));
  EXPECT_THAT(json("a\nb\tc"), HasSubstr(R"("key":"a\u000ab\u0009c")"));
  EXPECT_THAT(json(std::string_view("a\0b", 3)), HasSubstr(R"("key":"a\u0000b")"));
}

TEST(Logger, KeepsUtf8AndReplacesWhatIsNone) {
  EXPECT_THAT(json("Grüße 東京 😀"), HasSubstr("\"key\":\"Grüße 東京 😀\""));
  const std::string_view broken[] = {
      "\x80", "\xc3", "\xc0\xaf", "\xe6\x9d", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"};
  for (const std::string_view bytes : broken) {
    const std::string line = json(std::string(bytes) + "end");
    EXPECT_THAT(line, HasSubstr("\\ufffdend")) << testing::PrintToString(bytes);
    for (const char c : line) EXPECT_EQ(c & 0x80, 0) << line;
  }
}

TEST(Logger, BracesInAPhraseAreNoPlaceholders) {
  EXPECT_THAT(text("{} {0} %v"), EndsWith("seen key=\"{} {0} %v\"\n"));
}

TEST(Logger, WritesOnlyFromItsLevelOn) {
  const auto all = [](const Logger& log) {
    log.debug("one");
    log.info("two");
    log.warn("three");
    log.error("four");
  };
  const std::string from_warn = logged({"warn", "text"}, all);
  EXPECT_EQ(from_warn.find("two"), std::string::npos);
  EXPECT_THAT(from_warn, HasSubstr("three\n"));
  EXPECT_THAT(from_warn, HasSubstr("four\n"));
  EXPECT_THAT(logged({"debug", "text"}, all), HasSubstr("one\n"));
  EXPECT_EQ(logged({"off", "text"}, all), "");
}

TEST(Logger, IsSharedByName) {
  const std::string lines = logged({}, [](const Logger& log) {
    log.info("from one");
    Logger("log_test").info("from the other");
  });
  EXPECT_THAT(lines, HasSubstr("log_test: from one\n"));
  EXPECT_THAT(lines, HasSubstr("log_test: from the other\n"));
}

TEST(LogSettings, RefusesUnknownWords) {
  const auto bad_level = configure_logging({"loud", "text"});
  ASSERT_FALSE(bad_level);
  EXPECT_EQ(bad_level.error().violations[0].field, "log.level");
  const auto bad_format = configure_logging({"info", "xml"});
  ASSERT_FALSE(bad_format);
  EXPECT_EQ(bad_format.error().violations[0].field, "log.format");
}

}  // namespace
}  // namespace mt
