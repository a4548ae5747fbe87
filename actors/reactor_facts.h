// ReactorFacts: the reactor's own entity, as the one who alone commands it sees it: commands go to
// it one after the other, and the state here follows what was written. The reactors' thread's own.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/reactor_entity.h"
#include "actors/reactor_ports.h"
#include "bus/call.h"

namespace mt {

class ReactorFacts {
 public:
  using Instant = ReactorMailbox::Instant;
  using Command = ReactorEntity::Command;
  using State = ReactorEntity::State;
  using Written = std::function<void()>;

  ReactorFacts(ModuleName module, std::string name, const ReactorPorts& ports,
               const ReactorLimits& limits, std::shared_ptr<ReactorMailbox> mailbox);

  // At the start: as the log has it.
  Result<void> load();
  const State& state() const { return state_; }

  // What the reactor itself has to say is sent until it is written.
  void write(Command command, Written written);
  // What an operator asks for, as `call`, may be refused. `written` comes before the answer, and
  // when it was refused too: the state tells.
  void ask(Command command, std::shared_ptr<const CallContext> call, Respond respond,
           Written written);

  // Nothing waits to be written.
  bool is_idle() const { return waiting_.empty(); }
  // Why the front one was not written yet; empty when there is no trouble.
  const std::string& trouble() const { return trouble_; }

  // Sends what is due.
  void work(Instant now);
  std::optional<Instant> next_due() const;
  // Answers what operators wait for, before the end.
  void abandon();

 private:
  struct Fact {
    Command command;
    std::shared_ptr<const CallContext> call;  // null: the reactor's own
    Respond respond;
    Written written;
  };

  void send();
  void answered(Result<Reply> reply);
  void follow(const Command& command);
  std::shared_ptr<const CallContext> own_call() const;

  const ModuleName module_;
  const std::string name_;
  const ReactorPorts& ports_;
  const ReactorLimits& limits_;
  const std::shared_ptr<ReactorMailbox> mailbox_;
  State state_;
  std::deque<Fact> waiting_;
  bool sent_ = false;  // the front one
  std::uint32_t attempts_ = 0;
  std::optional<Instant> due_;  // of the front one, when it failed
  std::string trouble_;
};

}  // namespace mt
