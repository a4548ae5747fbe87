// What the platform hands to a module: its configuration, tables to read, commands to send, other
// modules' methods to call, secrets, time. Valid as long as the node.
#pragma once

#include <memory>
#include <string>

#include "actors/node_control.h"
#include "bus/call.h"
#include "bus/dispatcher.h"
#include "events/base/clock.h"
#include "events/base/ids.h"
#include "events/kv.h"

namespace mt {

struct EntityType;

// Secrets of a module, each 32 random bytes made at first use and kept outside the log.
class Secrets {
 public:
  virtual ~Secrets() = default;
  // `name`: [a-z0-9_]+. UNAVAILABLE when it can be neither read nor made, naming the file.
  virtual Result<std::string> get(const ModuleName& module, const std::string& name) = 0;
};

// A module's way to its own entities, past the API: for handlers that prepare a command (a password
// is hashed before it is written). The call's command id, digest and origin go along.
class Commands {
 public:
  virtual ~Commands() = default;
  virtual void send(const EntityType& type, std::string id, std::shared_ptr<const Message> command,
                    std::shared_ptr<const CallContext> call, Respond respond) = 0;
  // Blocks; for handlers on the worker pool.
  virtual Result<Reply> send_and_wait(const EntityType& type, std::string id,
                                      std::shared_ptr<const Message> command,
                                      std::shared_ptr<const CallContext> call) = 0;
};

struct Deps {
  ModuleName module;
  std::shared_ptr<const Message> config;
  std::shared_ptr<Commands> commands;  // of this module's entities
  Dispatcher& dispatcher;              // other modules' methods
  NodeControl& node;                   // tables to read; for sys_core the whole node
  Secrets& secrets;
  const Clock& clock;

  template <typename Config>
  const Config& config_as() const {
    return static_cast<const Config&>(*config);
  }
};

}  // namespace mt
