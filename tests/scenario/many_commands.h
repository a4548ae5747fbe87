// ManyCommands: commands on their way into a container over several connections at once, with a
// record of what each was answered. What a killed server left unanswered is sent again, under the
// same idempotency key.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ops/client/client.h"

namespace mt::test {

struct SentCommand {
  std::string method;
  std::string request;  // bytes
  std::string key;
};

class ManyCommands {
 public:
  static constexpr std::size_t kInFlight = 64;

  explicit ManyCommands(std::vector<SentCommand> commands);

  // Sends them in order, in turn over the clients, until `answers` more have come, or all. Returns
  // while others are still in flight: the moment to kill the server.
  void run(const std::vector<Client>& clients, std::size_t answers);
  // Waits for the answers that are out; a killed server's calls fail.
  void settle();

  bool is_complete() const;
  // What the command was answered; none: nothing yet.
  std::optional<Code> answer(std::size_t index) const;
  // Of the first command that was answered so; empty when none was.
  std::string first_message(Code code) const;

 private:
  void send(const Client& client, std::size_t index);
  void answered(std::size_t index, const Result<std::string>& reply);

  const std::vector<SentCommand> commands_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::size_t> to_send_;
  std::size_t in_flight_ = 0;
  std::size_t answered_ = 0;
  std::vector<std::optional<Result<void>>> answers_;
};

}  // namespace mt::test
