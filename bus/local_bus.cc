#include "bus/local_bus.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "bus/listener.h"
#include "bus/subject.h"
#include "events/base/log.h"
#include "events/base/thread_name.h"

namespace mt {
namespace {

using Subscriber = Listener<Bus::Handler>;
using Server = Listener<Bus::Responder>;

// What a request waits for; shared, since the answer may come after the wait was given up.
struct Answer {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Result<std::string>> result;
  bool abandoned = false;

  void set(Result<std::string> value) {
    const std::lock_guard lock(mutex);
    result = std::move(value);
    changed.notify_all();
  }
};

struct Waiting {
  BusMessage message;
  std::shared_ptr<Answer> answer;  // null: news
};

void log_thrown(const std::string& subject, const char* what) {
  Logger("bus").error("handler threw", {{"subject", subject}, {"reason", what}});
}

// What a handler throws ends with it.
template <typename Call>
void guarded(const std::string& subject, Call&& call) {
  try {
    call();
  } catch (const std::exception& thrown) {
    log_thrown(subject, thrown.what());
  } catch (...) {
    log_thrown(subject, "not a std::exception");
  }
}

}  // namespace

class LocalBus::Impl {
 public:
  explicit Impl(std::size_t most_waiting) : most_waiting_(most_waiting) {
    thread_ = std::thread([this] { work(); });
  }

  void stop() {
    std::deque<Waiting> dropped;
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
      dropped.swap(queue_);
    }
    changed_.notify_all();
    for (Waiting& waiting : dropped)
      if (waiting.answer) waiting.answer->set(unavailable("the bus has stopped"));
    thread_.join();
  }

  bool is_own_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

  Result<void> enqueue(Waiting waiting) {
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return unavailable("the bus has stopped");
      if (queue_.size() >= most_waiting_)
        return Error{
            Code::kResourceExhausted,
            "the bus's queue is full: " + std::to_string(most_waiting_) + " messages wait"};
      queue_.push_back(std::move(waiting));
    }
    changed_.notify_one();
    return {};
  }

  void add(std::shared_ptr<Subscriber> subscriber) {
    const std::lock_guard lock(mutex_);
    subscribers_.push_back(std::move(subscriber));
  }

  void remove(const std::shared_ptr<Subscriber>& subscriber) {
    {
      const std::lock_guard lock(mutex_);
      std::erase(subscribers_, subscriber);
    }
    subscriber->end();
  }

  Result<void> add(std::shared_ptr<Server> server) {
    const std::lock_guard lock(mutex_);
    if (!servers_.try_emplace(server->subject(), server).second)
      return already_exists("subject '" + server->subject() + "' has a responder");
    return {};
  }

  void remove(const std::shared_ptr<Server>& server) {
    {
      const std::lock_guard lock(mutex_);
      servers_.erase(server->subject());
    }
    server->end();
  }

  bool has_server(const std::string& subject) {
    const std::lock_guard lock(mutex_);
    return servers_.contains(subject);
  }

  Result<std::string> serve(const BusMessage& message) {
    std::shared_ptr<Server> server;
    {
      const std::lock_guard lock(mutex_);
      const auto at = servers_.find(message.subject);
      if (at != servers_.end()) server = at->second;
    }
    Result<std::string> result = unavailable("nobody responds to '" + message.subject + "'");
    if (server == nullptr) return result;
    server->run([&](const Bus::Responder& responder) {
      result = internal("the responder of '" + message.subject + "' threw");
      guarded(message.subject, [&] { result = responder(message); });
    });
    return result;
  }

 private:
  void work() {
    name_this_thread("mt-bus");
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return stopped_ || !queue_.empty(); });
      if (stopped_) return;
      const Waiting waiting = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      if (waiting.answer)
        serve_waiting(waiting);
      else
        deliver(waiting.message);
      lock.lock();
    }
  }

  void serve_waiting(const Waiting& waiting) {
    {
      const std::lock_guard lock(waiting.answer->mutex);
      if (waiting.answer->abandoned) return;
    }
    waiting.answer->set(serve(waiting.message));
  }

  void deliver(const BusMessage& message) {
    std::vector<std::shared_ptr<Subscriber>> matching;
    {
      const std::lock_guard lock(mutex_);
      std::ranges::copy_if(subscribers_, std::back_inserter(matching),
                           [&](const auto& s) { return matches(s->subject(), message.subject); });
    }
    for (const auto& subscriber : matching)
      subscriber->run([&](const Bus::Handler& handler) {
        guarded(message.subject, [&] { handler(message); });
      });
  }

  const std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> queue_;
  std::vector<std::shared_ptr<Subscriber>> subscribers_;
  std::map<std::string, std::shared_ptr<Server>> servers_;
  bool stopped_ = false;
  std::thread thread_;
};

namespace {

// Ends one listener. Holds the bus's inside only weakly: a subscription may outlive the bus.
template <typename Inside, typename Kind>
class LocalSubscription final : public Bus::Subscription {
 public:
  LocalSubscription(std::weak_ptr<Inside> bus, std::shared_ptr<Kind> listener)
      : bus_(std::move(bus)), listener_(std::move(listener)) {}
  ~LocalSubscription() override {
    if (const auto bus = bus_.lock()) bus->remove(listener_);
    listener_->end();
  }

 private:
  std::weak_ptr<Inside> bus_;
  std::shared_ptr<Kind> listener_;
};

}  // namespace

LocalBus::LocalBus(std::size_t most_waiting) : impl_(std::make_shared<Impl>(most_waiting)) {}

LocalBus::~LocalBus() { impl_->stop(); }

Result<void> LocalBus::publish(BusMessage message) {
  MT_CHECK_OK(check_subject(message.subject));
  return impl_->enqueue({std::move(message), nullptr});
}

Result<std::unique_ptr<Bus::Subscription>> LocalBus::subscribe(std::string pattern,
                                                               Handler handler) {
  MT_CHECK_OK(check_pattern(pattern));
  auto subscriber = std::make_shared<Subscriber>(std::move(pattern), std::move(handler));
  impl_->add(subscriber);
  return std::unique_ptr<Subscription>(
      std::make_unique<LocalSubscription<Impl, Subscriber>>(impl_, std::move(subscriber)));
}

Result<std::unique_ptr<Bus::Subscription>> LocalBus::respond(std::string subject,
                                                             Responder responder) {
  MT_CHECK_OK(check_subject(subject));
  auto server = std::make_shared<Server>(std::move(subject), std::move(responder));
  MT_CHECK_OK(impl_->add(server));
  return std::unique_ptr<Subscription>(
      std::make_unique<LocalSubscription<Impl, Server>>(impl_, std::move(server)));
}

Result<std::string> LocalBus::request(BusMessage message, std::chrono::milliseconds timeout) {
  MT_CHECK_OK(check_subject(message.subject));
  if (impl_->is_own_thread()) return impl_->serve(message);
  if (!impl_->has_server(message.subject))
    return unavailable("nobody responds to '" + message.subject + "'");
  const std::string subject = message.subject;
  const auto answer = std::make_shared<Answer>();
  MT_CHECK_OK(impl_->enqueue({std::move(message), answer}));
  std::unique_lock lock(answer->mutex);
  if (answer->changed.wait_for(lock, timeout, [&] { return answer->result.has_value(); }))
    return *std::move(answer->result);
  answer->abandoned = true;
  return Error{Code::kDeadlineExceeded, "no answer from '" + subject + "' within " +
                                            std::to_string(timeout.count()) + " ms"};
}

}  // namespace mt
