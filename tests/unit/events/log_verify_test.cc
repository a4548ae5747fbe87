#include "events/log_verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "events/memory/memory_log.h"
#include "tests/fixture/commits.h"

namespace mt {
namespace {

using testing::HasSubstr;

const ModuleName kModule{"mod_main"};
const ModuleName kOther{"sys_core"};

struct WrittenLog {
  WrittenLog() {
    EXPECT_TRUE(log.open(kModule));
    EXPECT_TRUE(log.open(kOther));
  }

  // A commit of `events` events at the end of the module's one stream.
  Anchor append(std::size_t events = 1) {
    const Position head = log.head(kModule);
    CommitRecord record =
        test::record(head + 1, test::commit(test::stream("1"), {head.value}, events));
    const LogAppend append{kModule, &record};
    EXPECT_TRUE(log.append({&append, 1}));
    return {kModule, record.last(), record.hash};
  }

  VerifiedLog verify(std::vector<Anchor> anchors = {}) {
    auto verified = verify_log(log, kModule, std::move(anchors), {});
    EXPECT_TRUE(verified) << verified.error().message;
    return *std::move(verified);
  }

  MemoryLog log;
};

// Its scan ends when it is told to.
class EndlessLog final : public EventLog {
 public:
  explicit EndlessLog(const EventLog& log) : log_(log) {}
  Result<void> open(const ModuleName&) override { return {}; }
  Result<void> append(std::span<const LogAppend>) override { return {}; }
  std::vector<ModuleName> modules() const override { return log_.modules(); }
  Position head(const ModuleName& module) const override { return log_.head(module); }
  std::vector<LogHead> heads() const override { return log_.heads(); }
  Result<void> scan(const ModuleName& module, Position from,
                    const RecordVisitor& visit) const override {
    Scan then = Scan::kGoOn;
    while (then == Scan::kGoOn) {
      MT_CHECK_OK(log_.scan(module, from,
                            [&](const CommitRecord& record) { return then = visit(record); }));
    }
    return {};
  }
  Result<void> scan_stored(const ModuleName& module, Position from,
                           const StoredVisitor& visit) const override {
    return log_.scan_stored(module, from, visit);
  }
  Result<CommitRecord> at(const ModuleName& module, Position position) const override {
    return log_.at(module, position);
  }
  std::uint64_t stored_bytes(const ModuleName&, Position) const override { return 0; }

 private:
  const EventLog& log_;
};

TEST(LogVerify, FindsALogSoundUpToItsEnd) {
  WrittenLog written;
  EXPECT_EQ(written.verify().end, (Anchor{kModule, {}, {}})) << "an empty one too";
  written.append();
  written.append(3);
  const Anchor end = written.append(2);
  const VerifiedLog verified = written.verify();
  EXPECT_EQ(verified.fault, "");
  EXPECT_EQ(verified.commits, 3u);
  EXPECT_EQ(verified.end, end);
  EXPECT_EQ(anchor_of(written.log, kModule).value(), end);
}

TEST(LogVerify, NamesTheRecordThatDoesNotHoldAndWhatIsSoundBeforeIt) {
  WrittenLog written;
  const Anchor before = written.append(2);
  written.append();
  written.append();
  written.log.bytes_at(kModule, {3})[40] ^= 1;
  const VerifiedLog verified = written.verify();
  EXPECT_THAT(verified.fault, HasSubstr("position 3 of mod_main"));
  EXPECT_EQ(verified.end, before);
  EXPECT_EQ(verified.commits, 1u);
}

// Whatever bit it is.
TEST(LogVerify, NamesARecordOfWhichAnyBitHasChanged) {
  WrittenLog written;
  written.append();
  written.append();
  std::string& bytes = written.log.bytes_at(kModule, {2});
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    EXPECT_THAT(written.verify().fault, HasSubstr("position 2 of mod_main")) << "bit " << bit;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
  }
  EXPECT_EQ(written.verify().fault, "");
}

TEST(LogVerify, ProvesAnchorsOfWhatTheLogStillHolds) {
  WrittenLog written;
  std::vector<Anchor> anchors{anchor_of(written.log, kModule).value()};
  for (int i = 0; i < 3; ++i) anchors.push_back(written.append(2));
  anchors.push_back({kOther, {7}, {}});
  std::swap(anchors[0], anchors[2]);
  written.append();
  EXPECT_EQ(written.verify(anchors).fault, "");
}

TEST(LogVerify, RefusesAnAnchorOfAnotherHistory) {
  WrittenLog written;
  written.append(2);
  Anchor anchor = written.append(2);
  written.append();
  anchor.hash[31] ^= 1;
  EXPECT_THAT(written.verify({anchor}).fault,
              HasSubstr("anchor at position 4 has the hash " + to_hex(anchor.hash)));
  EXPECT_THAT(written.verify({{kModule, {3}, {}}}).fault, HasSubstr("at no end of a commit"));
}

TEST(LogVerify, RefusesAnAnchorBeyondTheEndOfTheLog) {
  WrittenLog longer;
  WrittenLog shorter;
  longer.append();
  shorter.append();
  const Anchor lost = longer.append();
  EXPECT_THAT(shorter.verify({lost}).fault, HasSubstr("its end has been lost"));
}

TEST(LogVerify, ReportsHowFarItIsAndEndsWhenItIsTold) {
  WrittenLog written;
  for (int i = 0; i < 1024; ++i) written.append();
  // Reports come ten times a second at most: it goes round until one has come.
  int reports = 0;
  const OnLogProgress once = [&](const LogProgress& progress) {
    ++reports;
    EXPECT_EQ(progress.module, kModule);
    EXPECT_EQ(progress.head, Position{1024});
    EXPECT_GT(progress.position, Position{0});
    EXPECT_GT(progress.events_per_second, 0);
    return false;
  };
  const auto ended = verify_log(EndlessLog(written.log), kModule, {}, once);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::kCancelled);
  EXPECT_EQ(reports, 1);
}

TEST(LogVerify, ReadsAHashAsItIsWritten) {
  Hash hash{};
  for (std::size_t i = 0; i < hash.size(); ++i) hash[i] = static_cast<std::uint8_t>(7 * i + 3);
  const std::string text = to_hex(hash);
  EXPECT_EQ(hash_from_hex(text), hash);
  EXPECT_EQ(hash_from_hex(text + "0"), std::nullopt);
  EXPECT_EQ(hash_from_hex(text.substr(1)), std::nullopt);
  EXPECT_EQ(hash_from_hex("+" + text.substr(1)), std::nullopt);
  EXPECT_EQ(hash_from_hex("g" + text.substr(1)), std::nullopt);
}

}  // namespace
}  // namespace mt
