// Reactors: all reactors of a node, on one thread of their own. Woken by the bus's hints that a log
// has grown, by answers, and now and then by itself, since a hint may be lost.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/reactor.h"
#include "actors/reactor_info.h"
#include "actors/reactor_ports.h"

namespace mt {

class Reactors {
 public:
  Reactors(std::vector<std::shared_ptr<const Reactor>> reactors, ReactorPorts ports,
           ReactorLimits limits);
  ~Reactors();  // stop()

  // Finds out how far each is. The logs are open, the tables hold them. An error names the reactor.
  Result<void> open();
  // The dispatcher takes calls.
  void start();
  // Sends nothing more; what operators ask is still answered.
  void quiesce();
  // Tells how far each is, and ends the thread. No call of theirs is in flight any more.
  void stop();

  // By module and name.
  std::vector<ReactorInfo> list() const;
  // NOT_FOUND when there is none.
  Result<ReactorInfo> find(const ModuleName& module, const std::string& name) const;

  // An operator's command to a reactor; answered once it is written. Blocks up to the call's
  // deadline; not from the reactors' own thread.
  Result<Reply> ask(const ModuleName& module, const std::string& name,
                    reactors::v1::ReactorCommand command, std::shared_ptr<const CallContext> call);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mt
