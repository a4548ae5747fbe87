#include "actors/reactors.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>
#include <utility>

#include "actors/reactor_follower.h"
#include "events/base/thread_name.h"

namespace mt {
namespace {

using Instant = ReactorMailbox::Instant;

Instant now() { return std::chrono::steady_clock::now(); }

Error no_reactor(const ModuleName& module, const std::string& name) {
  return not_found("this node has no reactor '" + module.value + "/" + name + "'");
}

// What is shown is as old as this at most.
constexpr std::chrono::milliseconds kShownEvery{50};

}  // namespace

class Reactors::Impl {
 public:
  Impl(std::vector<std::shared_ptr<const Reactor>> reactors, ReactorPorts ports,
       ReactorLimits limits)
      : ports_(std::move(ports)), limits_(limits), mailbox_(std::make_shared<ReactorMailbox>()) {
    for (auto& reactor : reactors) {
      followers_.push_back(
          std::make_unique<ReactorFollower>(std::move(reactor), ports_, limits_, mailbox_));
    }
  }

  ~Impl() { stop(); }

  Result<void> open() {
    for (const auto& follower : followers_) {
      if (auto opened = follower->open(); !opened) {
        Error error = std::move(opened).error();
        error.message = "module " + follower->reactor().module().value + ": reactor '" +
                        follower->reactor().name() + "': " + error.message;
        return error;
      }
    }
    show();
    return {};
  }

  void start() {
    if (followers_.empty()) return;
    // A bus that takes no subscription loses all hints: the poll finds what there is.
    if (auto hints = ports_.bus.subscribe(
            "mt.grown.*", [mailbox = mailbox_](const BusMessage&) { mailbox->post([] {}); })) {
      hints_ = *std::move(hints);
    }
    thread_ = std::thread([this] { run(); });
  }

  void quiesce() {
    quiet_ = true;
    mailbox_->post([] {});
  }

  void stop() {
    quiesce();
    stopping_ = true;
    mailbox_->post([] {});
    if (thread_.joinable()) thread_.join();
    hints_.reset();
    mailbox_->close();
    for (const auto& follower : followers_) follower->abandon();
  }

  std::vector<ReactorInfo> list() const {
    std::vector<ReactorInfo> infos;
    {
      const std::lock_guard lock(mutex_);
      infos = shown_;
    }
    for (ReactorInfo& info : infos) info.head = ports_.log.head(info.source);
    return infos;
  }

  Result<Reply> ask(const ModuleName& module, const std::string& name,
                    reactors::v1::ReactorCommand command, std::shared_ptr<const CallContext> call) {
    const auto found = std::ranges::find_if(followers_, [&](const auto& follower) {
      return follower->reactor().module() == module && follower->reactor().name() == name;
    });
    if (found == followers_.end()) return no_reactor(module, name);
    // Shared, since the answer may come after the wait was given up.
    const auto promise = std::make_shared<std::promise<Result<Reply>>>();
    auto answer = promise->get_future();
    const Instant deadline = call->deadline;
    const bool posted = mailbox_->post(
        [follower = found->get(), command = std::move(command), call = std::move(call), promise] {
          follower->ask(command, call,
                        [promise](Result<Reply> reply) { promise->set_value(std::move(reply)); });
        });
    if (!posted) return unavailable("the node is stopping; try again");
    if (answer.wait_until(std::min(deadline, now() + std::chrono::hours(1))) ==
        std::future_status::ready) {
      return answer.get();
    }
    return Error{Code::kDeadlineExceeded,
                 "no answer within the deadline; the command may still take effect"};
  }

 private:
  void run() {
    name_this_thread("mt-reactors");
    Instant wake = now();
    while (!stopping_) {
      turn(wake);
      for (const auto& follower : followers_) follower->work(now());
      wake = next_wake();
    }
    // The last marks, so that the next start has nothing to look for.
    const Instant patience = now() + limits_.patience;
    for (bool finished = false; !finished && now() < patience;) {
      finished = true;
      for (const auto& follower : followers_) finished = follower->finish(now()) && finished;
      if (!finished) turn(std::min(patience, next_wake()));
    }
    show();
  }

  // What was posted, and for all to see where things stand.
  void turn(Instant until) {
    const auto tasks = mailbox_->take(until);
    for (const auto& task : tasks) task();
    changed_ = changed_ || !tasks.empty();
    if (quiet_) {
      for (const auto& follower : followers_) follower->quiesce();
    }
    // Also when nothing was posted: what a poll finds moves a reactor on, too.
    if (now() - shown_at_ >= kShownEvery) show();
  }

  Instant next_wake() const {
    Instant wake = now() + limits_.poll;
    for (const auto& follower : followers_) {
      wake = std::min(wake, follower->next_due().value_or(wake));
    }
    return changed_ ? std::min(wake, shown_at_ + kShownEvery) : wake;
  }

  void show() {
    std::vector<ReactorInfo> infos;
    for (const auto& follower : followers_) infos.push_back(follower->info());
    std::ranges::sort(infos, {},
                      [](const ReactorInfo& info) { return std::pair(info.module, info.name); });
    shown_at_ = now();
    changed_ = false;
    const std::lock_guard lock(mutex_);
    shown_ = std::move(infos);
  }

  const ReactorPorts ports_;
  const ReactorLimits limits_;
  const std::shared_ptr<ReactorMailbox> mailbox_;
  std::vector<std::unique_ptr<ReactorFollower>> followers_;
  std::unique_ptr<Bus::Subscription> hints_;
  std::atomic<bool> quiet_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;

  mutable std::mutex mutex_;
  std::vector<ReactorInfo> shown_;
  // The thread's own:
  Instant shown_at_{};
  bool changed_ = false;  // since then, by what was posted
};

Reactors::Reactors(std::vector<std::shared_ptr<const Reactor>> reactors, ReactorPorts ports,
                   ReactorLimits limits)
    : impl_(std::make_unique<Impl>(std::move(reactors), std::move(ports), limits)) {}

Reactors::~Reactors() = default;

Result<void> Reactors::open() { return impl_->open(); }
void Reactors::start() { impl_->start(); }
void Reactors::quiesce() { impl_->quiesce(); }
void Reactors::stop() { impl_->stop(); }
std::vector<ReactorInfo> Reactors::list() const { return impl_->list(); }

Result<ReactorInfo> Reactors::find(const ModuleName& module, const std::string& name) const {
  for (ReactorInfo& info : impl_->list()) {
    if (info.module == module && info.name == name) return std::move(info);
  }
  return no_reactor(module, name);
}

Result<Reply> Reactors::ask(const ModuleName& module, const std::string& name,
                            reactors::v1::ReactorCommand command,
                            std::shared_ptr<const CallContext> call) {
  return impl_->ask(module, name, std::move(command), std::move(call));
}

}  // namespace mt
