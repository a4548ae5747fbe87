// What the LogWriter promises (events/writer.h), on every log and store.
#include "events/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "tests/contract/writing.h"

namespace mt {
namespace {

using namespace std::chrono_literals;
using test::commit;
using test::keyed;
using test::kModule;
using test::kOther;
using test::stream;
using testing::HasSubstr;

const Claim kName{"name", "acme"};

Commit taking(const std::string& id, Version expected) {
  Commit made = commit(stream(id), expected);
  made.taken = {kName};
  return made;
}

Commit releasing(const std::string& id, Version expected) {
  Commit made = commit(stream(id), expected);
  made.released = {kName};
  return made;
}

void expect_refused(const Result<Appended>& result, Code code) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, code) << result.error().message;
}

template <typename Backend>
class LogWriterContract : public testing::Test {
 protected:
  // Makes the writer wait after its next flush, and starts that flush.
  std::future<Result<Appended>> hold_writer() {
    writing_.gate.set_open(false);
    const int arrived = writing_.gate.arrived();
    auto first = writing_.begin(commit(stream("gate"), {gate_version_++}));
    writing_.gate.wait_for(arrived + 1);
    return first;
  }
  void let_go() { writing_.gate.set_open(true); }

  test::Writing<Backend> writing_;
  std::uint64_t gate_version_ = 0;
};

TYPED_TEST_SUITE(LogWriterContract, test::Backends, test::BackendNames);

TYPED_TEST(LogWriterContract, SaysWhereACommitIs) {
  const auto first = this->writing_.append(commit(stream("a"), {0}, 3));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->last, Position{3});
  EXPECT_EQ(first->version, Version{3});
  EXPECT_FALSE(first->repeated);
  const auto second = this->writing_.append(commit(stream("b"), {0}));
  EXPECT_EQ(second->last, Position{4});
  EXPECT_EQ(second->version, Version{1});
  EXPECT_EQ(this->writing_.log().head(kModule), Position{4});
}

TYPED_TEST(LogWriterContract, AnswersAfterTheLogHoldsTheCommit) {
  std::promise<Position> head;
  this->writing_.writer().append(kModule, commit(stream("a"), {0}, 2), [&](Result<Appended>) {
    head.set_value(this->writing_.log().head(kModule));
  });
  EXPECT_EQ(head.get_future().get(), Position{2});
}

TYPED_TEST(LogWriterContract, RefusesACommitOnAnotherVersion) {
  auto& writing = this->writing_;
  ASSERT_TRUE(writing.append(commit(stream("a"), {0}, 2)));
  for (const bool applied : {false, true}) {
    if (applied) writing.follow();
    for (const std::uint64_t wrong : {0u, 1u, 3u}) {
      expect_refused(writing.append(commit(stream("a"), {wrong})), Code::kAborted);
    }
  }
  ASSERT_TRUE(writing.append(commit(stream("a"), {2})));
  writing.restart();
  expect_refused(writing.append(commit(stream("a"), {2})), Code::kAborted);
  ASSERT_TRUE(writing.append(commit(stream("a"), {3})));
}

TYPED_TEST(LogWriterContract, PassesAClaimFromHandToHand) {
  auto& writing = this->writing_;
  for (const bool applied : {false, true}) {
    const std::string a = applied ? "a2" : "a1", b = applied ? "b2" : "b1";
    const auto follow = [&] {
      if (applied) writing.follow();
    };
    ASSERT_TRUE(writing.append(taking(a, {0})));
    follow();
    expect_refused(writing.append(taking(b, {0})), Code::kAlreadyExists);
    expect_refused(writing.append(releasing(b, {0})), Code::kFailedPrecondition);
    ASSERT_TRUE(writing.append(releasing(a, {1})));
    follow();
    ASSERT_TRUE(writing.append(taking(b, {0})));
    follow();
    expect_refused(writing.append(releasing(a, {2})), Code::kFailedPrecondition);
    ASSERT_TRUE(writing.append(releasing(b, {1})));
  }
}

TYPED_TEST(LogWriterContract, ClaimsAreOfOneModule) {
  ASSERT_TRUE(this->writing_.append(taking("a", {0})));
  ASSERT_TRUE(this->writing_.append(taking("b", {0}), kOther));
}

TYPED_TEST(LogWriterContract, GivesAClaimToOneOfManyThatWantItAtOnce) {
  auto& writing = this->writing_;
  std::atomic<bool> done = false;
  std::thread follower([&] {
    while (!done) writing.follow();
  });
  for (int round = 0; round < 10; ++round) {
    const Claim claim{"name", std::to_string(round)};
    std::vector<std::future<Result<Appended>>> answers(8);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      threads.emplace_back([&, i] {
        Commit wish = commit(stream(std::to_string(round) + "/" + std::to_string(i)), {0});
        wish.taken = {claim};
        answers[i] = writing.begin(std::move(wish));
      });
    }
    for (std::thread& thread : threads) thread.join();
    int granted = 0;
    for (auto& answer : answers) {
      const auto result = answer.get();
      if (!result) expect_refused(result, Code::kAlreadyExists);
      granted += result ? 1 : 0;
    }
    EXPECT_EQ(granted, 1);
  }
  done = true;
  follower.join();
}

TYPED_TEST(LogWriterContract, AnswersARepeatedCommandAsTheFirstTime) {
  auto& writing = this->writing_;
  ASSERT_TRUE(writing.append(commit(stream("z"), {0})));
  const Commit command = keyed(commit(stream("a"), {0}, 2), "key", "reply");
  ASSERT_TRUE(writing.append(command));
  const auto expect_repeated = [&] {
    const auto again = writing.append(command);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->last, Position{3});
    EXPECT_EQ(again->version, Version{2});
    EXPECT_EQ(again->reply, "reply");
    EXPECT_EQ(again->reply_type, "mt.tests.Reply");
    expect_refused(writing.append(keyed(commit(stream("a"), {2}), "key", "other", 2)),
                   Code::kAlreadyExists);
    EXPECT_EQ(writing.log().head(kModule), Position{3});
  };
  expect_repeated();
  writing.restart();
  expect_repeated();
  writing.follow();
  expect_repeated();
  writing.restart();
  expect_repeated();
}

TYPED_TEST(LogWriterContract, RunsACommandOnceHoweverOftenItIsSentAtOnce) {
  auto& writing = this->writing_;
  std::vector<std::future<Result<Appended>>> answers(32);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = t; i < answers.size(); i += 4) {
        answers[i] = writing.begin(keyed(commit(stream("a"), {0}), "key", "reply"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  int first_times = 0;
  for (auto& answer : answers) {
    const auto result = answer.get();
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->last, Position{1});
    first_times += result->repeated ? 0 : 1;
  }
  EXPECT_EQ(first_times, 1);
  EXPECT_EQ(writing.log().head(kModule), Position{1});
}

TYPED_TEST(LogWriterContract, TakesAllThatWaitsInOneFlush) {
  auto first = this->hold_writer();
  const int flushes = this->writing_.gate.arrived();
  std::vector<std::future<Result<Appended>>> waiting;
  for (std::uint64_t i = 0; i < 100; ++i) {
    waiting.push_back(this->writing_.begin(commit(stream("a"), {i})));
    waiting.push_back(this->writing_.begin(commit(stream("b"), {i}), kOther));
  }
  this->let_go();
  ASSERT_TRUE(first.get());
  for (auto& answer : waiting) ASSERT_TRUE(answer.get());
  EXPECT_EQ(this->writing_.gate.arrived(), flushes + 1);
  EXPECT_EQ(this->writing_.records(kOther).size(), 100u);
}

TYPED_TEST(LogWriterContract, FlushesAtMostSomeMegabytesAtOnce) {
  auto first = this->hold_writer();
  const int flushes = this->writing_.gate.arrived();
  std::vector<std::future<Result<Appended>>> waiting;
  for (std::uint64_t i = 0; i < 20; ++i) {
    Commit large = commit(stream("a"), {i});
    large.events[0].payload.assign(1 << 20, 'x');
    waiting.push_back(this->writing_.begin(std::move(large)));
  }
  this->let_go();
  for (auto& answer : waiting) ASSERT_TRUE(answer.get());
  EXPECT_EQ(this->writing_.gate.arrived(), flushes + 3);
}

TYPED_TEST(LogWriterContract, JudgesACommitByThoseBeforeItInItsBatch) {
  auto first = this->hold_writer();
  auto& writing = this->writing_;
  auto one = writing.begin(taking("a", {0}));
  auto stale = writing.begin(commit(stream("a"), {0}));
  auto rival = writing.begin(taking("b", {0}));
  auto next = writing.begin(releasing("a", {1}));
  auto heir = writing.begin(taking("b", {0}));
  this->let_go();
  EXPECT_TRUE(one.get());
  expect_refused(stale.get(), Code::kAborted);
  expect_refused(rival.get(), Code::kAlreadyExists);
  EXPECT_TRUE(next.get());
  EXPECT_TRUE(heir.get());
}

TYPED_TEST(LogWriterContract, RefusesWhatIsOverTheLimitsAndTakesTheOthers) {
  auto first = this->hold_writer();
  Commit broken = commit(stream("a"), {0});
  broken.origin.actor = "\xff";
  auto refused = this->writing_.begin(broken);
  auto taken = this->writing_.begin(commit(stream("a"), {0}));
  this->let_go();
  expect_refused(refused.get(), Code::kInvalidArgument);
  EXPECT_TRUE(taken.get());
}

TYPED_TEST(LogWriterContract, TimeDoesNotRunBackInTheLog) {
  auto& writing = this->writing_;
  ASSERT_TRUE(writing.append(commit(stream("a"), {0})));
  writing.clock.advance(-1h);
  ASSERT_TRUE(writing.append(commit(stream("a"), {1})));
  writing.follow();
  writing.restart();
  ASSERT_TRUE(writing.append(commit(stream("a"), {2})));
  const auto records = writing.records();
  for (const CommitRecord& record : records) EXPECT_EQ(record.time, records[0].time);
  writing.clock.advance(2h);
  ASSERT_TRUE(writing.append(commit(stream("b"), {0})));
  EXPECT_EQ(writing.records().back().time, records[0].time + 1h);
}

TYPED_TEST(LogWriterContract, ManyThreadsMakeStreamsWithoutGaps) {
  constexpr std::uint64_t kPerThread = 60;
  auto& writing = this->writing_;
  std::atomic<bool> done = false;
  std::thread follower([&] {
    while (!done) writing.follow();
  });
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < kPerThread; ++i) {
        // All want the same two streams; who comes too late looks again.
        Version expected{i};
        while (true) {
          const auto result = writing.append(commit(stream(std::to_string(i % 2)), expected));
          if (result) break;
          ASSERT_EQ(result.error().code, Code::kAborted);
          ++expected.value;
          if (expected.value > 4 * kPerThread) expected = {};
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  done = true;
  follower.join();

  Position next{1};
  std::map<StreamId, Version> versions;
  for (const CommitRecord& record : writing.records()) {
    EXPECT_EQ(record.first, next);
    EXPECT_EQ(record.commit.expected, versions[record.commit.stream]);
    next = record.last() + 1;
    versions[record.commit.stream] = record.last_version();
  }
  EXPECT_EQ(next.value, 4 * kPerThread + 1);
}

TYPED_TEST(LogWriterContract, StopsAfterWhatWaits) {
  auto first = this->hold_writer();
  std::vector<std::future<Result<Appended>>> waiting;
  for (std::uint64_t i = 0; i < 10; ++i) {
    waiting.push_back(this->writing_.begin(commit(stream("a"), {i})));
  }
  std::thread stopper([&] { this->writing_.stop(); });
  this->let_go();
  stopper.join();
  for (auto& answer : waiting) EXPECT_TRUE(answer.get());
  const auto late = this->writing_.append(commit(stream("a"), {10}));
  expect_refused(late, Code::kUnavailable);
  EXPECT_THAT(late.error().message, HasSubstr("stopping"));
  EXPECT_EQ(this->writing_.writer().failure(), "") << "it was told to stop";
}

TYPED_TEST(LogWriterContract, AFailedFlushFailsAllThatRestOnItAndAllLaterOnes) {
  auto& writing = this->writing_;
  const Commit before = keyed(commit(stream("a"), {0}), "key", "reply");
  ASSERT_TRUE(writing.append(before));
  auto held = this->hold_writer();
  writing.faults().is_full = true;
  auto one = writing.begin(commit(stream("a"), {1}));
  auto refused_by_it = writing.begin(commit(stream("a"), {1}));
  this->let_go();
  ASSERT_TRUE(held.get()) << "it was flushed before";
  for (auto* answer : {&one, &refused_by_it}) {
    const auto result = answer->get();
    expect_refused(result, Code::kUnavailable);
    EXPECT_THAT(result.error().message, HasSubstr("No space left on device"));
  }
  EXPECT_THAT(writing.writer().failure(), HasSubstr("No space left on device"));

  writing.faults().is_full = false;
  expect_refused(writing.append(commit(stream("a"), {1})), Code::kUnavailable);
  EXPECT_EQ(writing.log().head(kModule), Position{2}) << "what was acknowledged is there";
  EXPECT_EQ(writing.records().size(), 2u);

  writing.restart();
  EXPECT_TRUE(writing.append(before)->repeated);
  EXPECT_EQ(writing.append(commit(stream("a"), {1}))->last, Position{3});
}

TYPED_TEST(LogWriterContract, WritesNothingBehindALogThatLostItsEnd) {
  auto& writing = this->writing_;
  CommitRecord lost = test::record({5}, commit(stream("a"), {0}));
  ASSERT_TRUE(writing.kv().write([&](KvWriter& kv) -> Result<void> {
    writing.derived().apply(kv, kModule, lost);
    return {};
  }));
  const auto result = writing.append(commit(stream("a"), {0}));
  expect_refused(result, Code::kUnavailable);
  EXPECT_THAT(result.error().message, HasSubstr("hold position 5, its log ends at 0"));
  EXPECT_EQ(writing.log().head(kModule), Position{});
}

// A derived state whose reads fail from a certain one on.
class FaultyDerived final : public Derived {
 public:
  explicit FaultyDerived(const Derived& derived) : derived_(derived) {}
  std::unique_ptr<DerivedView> view() const override;

  std::atomic<bool> no_view = false;
  std::atomic<bool> bad_reads = false;

 private:
  const Derived& derived_;
};

class FaultyView final : public DerivedView {
 public:
  FaultyView(std::unique_ptr<DerivedView> view, const FaultyDerived& faults)
      : view_(std::move(view)), faults_(faults), failed_(faults.no_view) {}

  Result<void> status() const override {
    if (failed_) return unavailable("the page cannot be read");
    return {};
  }
  Position applied(const ModuleName& module) const override { return view_->applied(module); }
  Version stream_version(const ModuleName&, const StreamId&) const override {
    failed_ = failed_ || faults_.bad_reads;
    return {};
  }
  std::vector<Position> stream_records(const ModuleName&, const StreamId&, Version) const override {
    return {};
  }
  std::optional<Position> command(const ModuleName&, const CommandId&) const override {
    return std::nullopt;
  }
  std::optional<HeldClaim> held_claim(const ModuleName&, const Claim&) const override {
    return std::nullopt;
  }
  void visit_claims(const ModuleName&, const std::string&, std::string_view,
                    const ClaimVisitor&) const override {}
  std::optional<TaggedEvent> next_tagged(const ModuleName&, const std::string&,
                                         Position) const override {
    return std::nullopt;
  }
  std::optional<StoredSnapshot> snapshot(const ModuleName&, const StreamId&) const override {
    return std::nullopt;
  }
  void visit_snapshots(const ModuleName&, std::string_view,
                       const SnapshotVisitor&) const override {}

 private:
  std::unique_ptr<DerivedView> view_;
  const FaultyDerived& faults_;
  mutable bool failed_;
};

std::unique_ptr<DerivedView> FaultyDerived::view() const {
  return std::make_unique<FaultyView>(derived_.view(), *this);
}

TYPED_TEST(LogWriterContract, WaitsOutATimeWithoutAView) {
  FaultyDerived faults(this->writing_.derived());
  this->writing_.write_with(faults);
  faults.no_view = true;
  expect_refused(this->writing_.append(commit(stream("a"), {0})), Code::kUnavailable);
  EXPECT_EQ(this->writing_.writer().failure(), "");
  faults.no_view = false;
  EXPECT_TRUE(this->writing_.append(commit(stream("a"), {0})));
  this->writing_.restart();
}

// What a failed look-up did not find may be there: a version, a claim, a command. Such a commit is
// refused with the fault; those that need no such look-up go on.
TYPED_TEST(LogWriterContract, WritesNothingThatRestsOnAFailedLookUp) {
  FaultyDerived faults(this->writing_.derived());
  this->writing_.write_with(faults);
  faults.bad_reads = true;
  const auto result = this->writing_.append(commit(stream("a"), {0}));
  expect_refused(result, Code::kUnavailable);
  EXPECT_THAT(result.error().message, HasSubstr("the page cannot be read"));
  EXPECT_EQ(this->writing_.log().head(kModule), Position{});
  EXPECT_EQ(this->writing_.writer().failure(), "");
  faults.bad_reads = false;
  EXPECT_TRUE(this->writing_.append(commit(stream("a"), {0})));
  this->writing_.restart();
}

}  // namespace
}  // namespace mt
