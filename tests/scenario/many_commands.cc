#include "tests/scenario/many_commands.h"

#include <chrono>
#include <utility>

namespace mt::test {

ManyCommands::ManyCommands(std::vector<SentCommand> commands)
    : commands_(std::move(commands)), answers_(commands_.size()) {
  for (std::size_t i = 0; i < commands_.size(); ++i) to_send_.push_back(i);
}

void ManyCommands::run(const std::vector<Client>& clients, std::size_t answers) {
  std::unique_lock lock(mutex_);
  const std::size_t wanted = answered_ + answers;
  for (std::size_t turn = 0; answered_ < wanted;) {
    if (in_flight_ < kInFlight && !to_send_.empty()) {
      const std::size_t index = to_send_.front();
      to_send_.pop_front();
      send(clients[turn++ % clients.size()], index);
    } else if (in_flight_ > 0) {
      changed_.wait(lock);
    } else {
      return;  // all are answered
    }
  }
}

void ManyCommands::send(const Client& client, std::size_t index) {
  ++in_flight_;
  CallOptions options;
  options.deadline = std::chrono::seconds(60);
  options.idempotency_key = commands_[index].key;
  client.call_async(commands_[index].method, commands_[index].request, options,
                    [this, index](const Result<std::string>& reply, const CallOutcome&) {
                      answered(index, reply);
                    });
}

void ManyCommands::answered(std::size_t index, const Result<std::string>& reply) {
  const std::lock_guard lock(mutex_);
  --in_flight_;
  const Code code = reply ? Code::kOk : reply.error().code;
  if (code == Code::kUnavailable || code == Code::kDeadlineExceeded || code == Code::kCancelled) {
    to_send_.push_front(index);
  } else {
    ++answered_;
    answers_[index] = reply ? Result<void>() : Result<void>(reply.error());
  }
  changed_.notify_all();
}

void ManyCommands::settle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return in_flight_ == 0; });
}

bool ManyCommands::is_complete() const {
  const std::lock_guard lock(mutex_);
  return answered_ == commands_.size();
}

std::optional<Code> ManyCommands::answer(std::size_t index) const {
  const std::lock_guard lock(mutex_);
  if (!answers_[index]) return std::nullopt;
  return *answers_[index] ? Code::kOk : answers_[index]->error().code;
}

std::string ManyCommands::first_message(Code code) const {
  const std::lock_guard lock(mutex_);
  for (const auto& answer : answers_) {
    if (answer && !*answer && answer->error().code == code) return answer->error().message;
  }
  return "";
}

}  // namespace mt::test
