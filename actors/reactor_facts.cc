#include "actors/reactor_facts.h"

#include <utility>

#include "actors/entity_hosts.h"
#include "actors/entity_loader.h"
#include "events/base/check.h"

namespace mt {

ReactorFacts::ReactorFacts(ModuleName module, std::string name, const ReactorPorts& ports,
                           const ReactorLimits& limits, std::shared_ptr<ReactorMailbox> mailbox)
    : module_(std::move(module)),
      name_(std::move(name)),
      ports_(ports),
      limits_(limits),
      mailbox_(std::move(mailbox)) {}

Result<void> ReactorFacts::load() {
  const EntityType& type = entity_type<ReactorEntity>();
  const std::unique_ptr<DerivedView> view = ports_.derived.view();
  MT_TRY(const LoadedEntity loaded,
         load_entity({module_, {type.category, name_}, type, ports_.upcasters(module_)}, *view,
                     ports_.log));
  const bool parsed = state_.ParseFromString(loaded.state->save().value_or(""));
  check(parsed, "a state that was made here can be read here");
  return {};
}

void ReactorFacts::write(Command command, Written written) {
  waiting_.push_back({std::move(command), nullptr, nullptr, std::move(written)});
}

void ReactorFacts::ask(Command command, std::shared_ptr<const CallContext> call, Respond respond,
                       Written written) {
  waiting_.push_back({std::move(command), std::move(call), std::move(respond), std::move(written)});
}

void ReactorFacts::work(Instant now) {
  if (waiting_.empty() || sent_ || (due_ && *due_ > now)) return;
  due_.reset();
  send();
}

std::optional<ReactorFacts::Instant> ReactorFacts::next_due() const { return due_; }

void ReactorFacts::abandon() {
  for (Fact& fact : std::exchange(waiting_, {})) {
    if (fact.respond) fact.respond(unavailable("the node is stopping; try again"));
  }
}

void ReactorFacts::send() {
  sent_ = true;
  const Fact& fact = waiting_.front();
  EntityCommand command;
  command.module = module_;
  command.type = &entity_type<ReactorEntity>();
  command.id = name_;
  command.command = std::make_shared<const Command>(fact.command);
  command.call = fact.call ? fact.call : own_call();
  command.respond = [this, mailbox = mailbox_](Result<Reply> reply) {
    mailbox->post([this, reply = std::move(reply)] { answered(reply); });
  };
  ports_.deliver(std::move(command));
}

// One that was sent again and is a repeat changes nothing a second time: deciding tells.
void ReactorFacts::answered(Result<Reply> reply) {
  if (waiting_.empty()) return;  // abandoned
  sent_ = false;
  if (!reply && waiting_.front().call == nullptr) {
    trouble_ = reply.error().message;
    due_ = std::chrono::steady_clock::now() + back_off(name_, ++attempts_, limits_);
    return;
  }
  attempts_ = 0;
  trouble_.clear();
  const Fact fact = std::move(waiting_.front());
  waiting_.pop_front();
  if (reply && !reply->repeated) follow(fact.command);
  // It may have been written although the answer was lost.
  if (!reply && passes(reply.error().code)) (void)load();
  if (fact.written) fact.written();
  if (fact.respond) fact.respond(std::move(reply));
}

void ReactorFacts::follow(const Command& command) {
  static const std::string nobody;
  static const Caller system = Caller::system();
  const auto decided =
      ReactorEntity::decide(state_, command, {nobody, {}, ports_.clock.now(), system});
  if (!decided) return;
  for (const auto& event : decided->events) ReactorEntity::evolve(state_, event);
}

std::shared_ptr<const CallContext> ReactorFacts::own_call() const {
  auto call = std::make_shared<CallContext>();
  call->caller = Caller::system();
  call->command.id = {random_uuid()};
  call->origin.actor = call->caller.actor();
  call->origin.correlation = call->command.id.value;
  call->deadline = std::chrono::steady_clock::now() + limits_.deadline;
  return call;
}

}  // namespace mt
