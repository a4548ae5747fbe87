// Node: wires the modules of one process together and runs them: log writer, tables thread,
// dispatcher, entity hosts, supervisors. Start and stop are ordered; edges are opened by the
// container around it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/deps.h"
#include "actors/entity_hosts.h"
#include "actors/module.h"
#include "actors/node_control.h"
#include "actors/reactor_ports.h"
#include "actors/runtime.h"
#include "bus/dispatcher.h"
#include "events/compaction.h"
#include "events/event_log.h"
#include "events/kv.h"
#include "events/subject_keys.h"

namespace mt {

struct NodeSettings {
  std::string name = "node";
  std::string container = "container";
  std::string version = "0";
  std::uint32_t actor_threads = 0;  // 0: one a processor core
  DispatcherLimits dispatcher;
  HostLimits hosts;
  SupervisionLimits supervision;
  ReactorLimits reactors;
  TableSettings tables;
};

// The world outside, given to the node. All outlive it.
struct NodePorts {
  EventLog& log;
  KvEnv& tables;
  Clock& clock;
  Secrets& secrets;
  const DataSets& data_sets;
  SubjectKeys& keys;
  Compactable* tables_file = nullptr;  // of `tables`; null: they lie in no file
};

class Node {
 public:
  Node(NodeSettings settings, std::vector<Module> modules, NodePorts ports);
  ~Node();  // stop()

  // Opens logs and tables (new ones are built, with progress), binds all methods, starts all
  // threads, runs the modules' on_started. An error names the module or the method and what to do.
  Result<void> start(const OnFold& progress);

  // Ordered: reactors fall silent → dispatcher → reactors → hosts → writer → tables → actors. Edges
  // must be closed before.
  void stop();

  Dispatcher& dispatcher();
  NodeControl& control();
  // Shown in the status.
  void set_listening(std::vector<std::string> addresses);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mt
