// The supervisor tree at work: what a failing entity, and a module that fails too often, mean for
// callers.
#include "actors/supervisor.h"

#include <gtest/gtest.h>
#include <caf/exit_reason.hpp>
#include <caf/policy/work_sharing.hpp>
#include <caf/scheduler/coordinator.hpp>
#include <caf/send.hpp>

#include "actors/runtime_impl.h"
#include "tests/fixture/host_node.h"

namespace mt::test {
namespace {

constexpr std::chrono::hours kLong(1);

HostNode::Settings limits(std::uint32_t failures, std::chrono::milliseconds back_off,
                          std::uint32_t restarts = 100) {
  HostNode::Settings settings;
  settings.supervision = {.failures = failures,
                          .window = kLong,
                          .first_back_off = back_off,
                          .longest_back_off = back_off,
                          .restarts = restarts};
  return settings;
}

bool in_service(const HostNode& node) { return node.runtime.in_service(HostNode::module()); }

// Fails until the module has left service.
void fail_out(HostNode& node) {
  ASSERT_TRUE(comes_true([&] {
    (void)node.ask({.id = "bad", .command = break_with("broken")});
    return !in_service(node);
  }));
}

TEST(Supervisor, LetsAModuleRun) {
  HostStorage storage;
  HostNode node(storage);
  EXPECT_TRUE(in_service(node));
  EXPECT_TRUE(comes_true([&] { return node.health().state == ModuleState::kRunning; }));
  EXPECT_EQ(node.health().module, HostNode::module());
}

TEST(Supervisor, AnswersInternalForAnEntityThatThrowsAndGoesOn) {
  HostStorage storage;
  HostNode node(storage);
  (void)node.ask({.command = add(1)});

  const Result<Reply> reply = node.ask({.command = break_with("broken")});

  EXPECT_EQ(code_of(reply), Code::kInternal);
  // The reason is for the operator, not for the caller.
  EXPECT_EQ(reply.error().message.find("broken"), std::string::npos);
  EXPECT_NE(reply.error().message.find("correlation-1"), std::string::npos);
  EXPECT_EQ(counted(node.ask({.command = add(1)})).total(), 2);
  EXPECT_TRUE(comes_true([&] { return node.health().state == ModuleState::kDegraded; }));
  EXPECT_EQ(node.health().reason, "broken");
}

TEST(Supervisor, LetsTheNextHostDecideWhatWaitedBehindAFailure) {
  HostStorage storage;
  HostNode node(storage);
  storage.log.gate.close();
  auto first = node.send({.command = add(1)});
  storage.log.gate.wait_for_writer();
  auto bad = node.send({.command = break_with("broken")});
  std::vector<std::future<Result<Reply>>> waiting;
  for (int i = 0; i < 10; ++i) waiting.push_back(node.send({.command = add(1)}));
  storage.log.gate.open();

  EXPECT_EQ(counted(HostNode::wait(std::move(first))).total(), 1);
  EXPECT_EQ(code_of(HostNode::wait(std::move(bad))), Code::kInternal);
  for (auto& answer : waiting) EXPECT_TRUE(HostNode::wait(std::move(answer)).has_value());
  EXPECT_EQ(counted(node.ask({.command = look()})).total(), 11);
}

TEST(Supervisor, LetsTheNextHostSeeWhatTheFailedOneWrote) {
  HostStorage storage;
  HostNode node(storage);
  storage.kv.gate.close();
  auto first = node.send({.command = add(1), .key = "k"});
  ASSERT_TRUE(comes_true([&] { return storage.log.head(HostNode::module()) == Position{1}; }));
  // The tables do not hold the commit when the host fails, nor when the next one is made.
  EXPECT_EQ(code_of(node.ask({.command = break_with("broken")})), Code::kInternal);
  auto seen = node.send({.command = look()});
  auto again = node.send({.command = add(1), .key = "k"});
  storage.kv.gate.open();

  EXPECT_TRUE(HostNode::wait(std::move(first)).has_value());
  EXPECT_EQ(counted(HostNode::wait(std::move(seen))).total(), 1);
  EXPECT_TRUE(HostNode::wait(std::move(again))->repeated);
}

TEST(Supervisor, CountsAnUpcasterThatThrowsAsAFailureOfTheEntity) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters
                  .add("Added", 2,
                       [](StoredEvent) -> Result<StoredEvent> { throw std::logic_error("no way"); })
                  .has_value());
  HostStorage storage;
  { EXPECT_TRUE(HostNode(storage).ask({.command = add(1)}).has_value()); }
  HostNode::Settings settings;
  settings.upcasters = &upcasters;
  HostNode node(storage, settings);
  EXPECT_EQ(code_of(node.ask({.command = look()})), Code::kInternal);
  EXPECT_TRUE(comes_true([&] { return node.health().reason.ends_with(" threw: no way"); }));
}

TEST(Supervisor, TakesAModuleOutOfServiceThatFailsTooOften) {
  HostStorage storage;
  HostNode node(storage, limits(3, kLong));
  (void)node.ask({.command = add(1)});
  fail_out(node);

  const Result<Reply> reply = node.ask({.command = add(1)});

  EXPECT_EQ(code_of(reply), Code::kUnavailable);
  EXPECT_EQ(node.health().state, ModuleState::kStopped);
  EXPECT_EQ(node.health().reason, "broken");
  // All its actors have gone.
  EXPECT_TRUE(comes_true([&] { return node.hosts.in_memory() == 0; }));
}

TEST(Supervisor, RefusesWhatWaitsWhenTheModuleLeavesService) {
  HostStorage storage;
  HostNode node(storage, limits(1, kLong));
  storage.log.gate.close();
  auto written = node.send({.command = add(1)});
  storage.log.gate.wait_for_writer();
  auto waiting = node.send({.command = add(1)});
  fail_out(node);
  storage.log.gate.open();

  // What is with the writer is answered as it ends.
  EXPECT_TRUE(HostNode::wait(std::move(written)).has_value());
  EXPECT_EQ(code_of(HostNode::wait(std::move(waiting))), Code::kUnavailable);
}

TEST(Supervisor, BringsAModuleBackAfterItsPause) {
  HostStorage storage;
  HostNode node(storage, limits(2, std::chrono::milliseconds(20)));
  (void)node.ask({.command = add(1)});
  fail_out(node);
  EXPECT_TRUE(comes_true([&] { return in_service(node); }));
  EXPECT_EQ(node.health().state, ModuleState::kDegraded);
  EXPECT_EQ(counted(node.ask({.command = add(1)})).total(), 2);
}

TEST(Supervisor, ReportsAModuleFailedForGoodAndTakesItBackOnlyByReset) {
  HostStorage storage;
  HostNode node(storage, limits(1, std::chrono::milliseconds(1), 2));
  ASSERT_TRUE(comes_true([&] {
    (void)node.ask({.command = break_with("broken")});
    return node.health().state == ModuleState::kFailed;
  }));
  EXPECT_EQ(code_of(node.ask({.command = add(1)})), Code::kUnavailable);

  node.runtime.reset(HostNode::module());

  EXPECT_EQ(node.health().state, ModuleState::kRunning);
  EXPECT_TRUE(node.ask({.command = add(1)}).has_value());
}

TEST(Supervisor, LeavesOtherModulesAlone) {
  HostStorage storage;
  HostNode node(storage, limits(1, kLong));
  node.runtime.supervise({"test_others"});
  fail_out(node);
  EXPECT_TRUE(node.runtime.in_service({"test_others"}));
}

TEST(Supervisor, IsReplacedByTheRootAndTheNextOneKnowsItsActors) {
  HostStorage storage;
  HostNode node(storage, limits(3, kLong));
  (void)node.ask({.command = add(1)});
  const SupervisedModulePtr& module = node.runtime.impl().module(HostNode::module());
  const Supervisor first = module->supervisor();

  caf::anon_send_exit(first, caf::exit_reason::kill);

  ASSERT_TRUE(comes_true([&] { return module->supervisor() != first; }));
  EXPECT_EQ(counted(node.ask({.command = add(1)})).total(), 2);
  fail_out(node);
  EXPECT_EQ(node.health().reason, "broken");
  EXPECT_TRUE(comes_true([&] { return module->children().empty(); }));
}

TEST(Supervisor, EndsAPauseThatBeganUnderTheOneBefore) {
  HostStorage storage;
  HostNode node(storage, limits(1, std::chrono::milliseconds(50)));
  const SupervisedModulePtr& module = node.runtime.impl().module(HostNode::module());
  fail_out(node);
  caf::anon_send_exit(module->supervisor(), caf::exit_reason::kill);
  EXPECT_TRUE(comes_true([&] { return in_service(node); }));
}

TEST(Supervisor, SeesAHostThatWasKilledAndItsCommandsAreAnswered) {
  HostStorage storage;
  HostNode node(storage);
  const SupervisedModulePtr& module = node.runtime.impl().module(HostNode::module());
  storage.log.gate.close();
  auto answer = node.send({.command = add(1)});
  storage.log.gate.wait_for_writer();
  ASSERT_EQ(module->children().size(), 1u);
  caf::anon_send_exit(module->children().front(), caf::exit_reason::kill);
  EXPECT_EQ(code_of(HostNode::wait(std::move(answer))), Code::kUnavailable);
  storage.log.gate.open();

  EXPECT_TRUE(comes_true([&] { return node.health().state == ModuleState::kDegraded; }));
  EXPECT_TRUE(comes_true([&] { return node.ask({.command = add(1)}).has_value(); }));
}

TEST(ActorRuntime, LetsItsThreadsShareOneQueue) {
  ActorRuntime runtime(1, {});
  auto& scheduler = runtime.impl().system().scheduler();
  using Sharing = caf::scheduler::coordinator<caf::policy::work_sharing>;
  EXPECT_NE(dynamic_cast<Sharing*>(&scheduler), nullptr);
  EXPECT_EQ(scheduler.num_workers(), 1u);
}

TEST(ActorRuntime, StopsTwiceAndRightAfterItsStart) {
  for (int i = 0; i < 20; ++i) {
    ActorRuntime runtime(1, {});
    runtime.supervise({"test_counters"});
    runtime.stop();
    runtime.stop();
  }
}

}  // namespace
}  // namespace mt::test
