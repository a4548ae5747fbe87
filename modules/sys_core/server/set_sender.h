// SetSender: sends the commands of a bootstrap set through the dispatcher and counts what became of
// them. Commands of one method that follow each other go together, a window of them in flight;
// before the first of another method, all that were sent are answered. One thread drives it;
// answers come in on any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "actors/node_control.h"
#include "bus/dispatcher.h"

namespace mt::sys_core {

struct SendCounts {
  std::uint64_t sent = 0;
  std::uint64_t applied = 0;
  std::uint64_t already_applied = 0;
  std::uint64_t refused = 0;
  std::string first_refusal;  // line, command id, reason
};

class SetSender {
 public:
  SetSender(Dispatcher& dispatcher, std::string id_prefix, std::uint32_t window)
      : dispatcher_(dispatcher),
        id_prefix_(std::move(id_prefix)),
        window_(window),
        shared_(std::make_shared<Shared>()) {}

  // Parses the command and sends it, waiting while the window is full. INVALID_ARGUMENT naming the
  // line when its method or request is malformed; the platform's fault when that stopped an earlier
  // command.
  Result<void> send(const DataSetCommand& command);
  // Waits for the answers that are out.
  Result<void> finish();
  SendCounts counts() const;

 private:
  // Outlives the sender when answers come in late.
  struct Shared {
    mutable std::mutex mutex;
    std::condition_variable answered;
    std::uint64_t in_flight = 0;
    SendCounts counts;
    Result<void> fault;  // UNAVAILABLE and the like: no use in going on
  };
  static void count(Shared& shared, const std::string& name, const Result<Reply>& reply);

  Dispatcher& dispatcher_;
  std::string method_;  // of the command that was sent last
  std::string id_prefix_;
  std::uint32_t window_;
  std::shared_ptr<Shared> shared_;
};

// The id under which a set's command is sent, for ever the same.
std::string bootstrap_command_id(const ModuleName& module, const std::string& set,
                                 const std::string& id);

}  // namespace mt::sys_core
