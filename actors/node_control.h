// NodeControl: what a node shows of itself, and what may be asked of it. The ops module turns this
// into its API; other modules read their tables through it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/entity.h"
#include "actors/erasure.h"
#include "actors/reactors.h"
#include "actors/runtime.h"
#include "bus/bus.h"
#include "events/archive/log_archiving.h"
#include "events/base/clock.h"
#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/compaction.h"
#include "events/event_log.h"
#include "events/personal_data.h"
#include "events/upcasters.h"
#include "projections/live_tables.h"

namespace mt {

struct ModuleInfo {
  ModuleName name;
  std::string version;
  ModuleState state = ModuleState::kStarting;
  std::string reason;
  Position log_head;
  std::vector<TableState> tables;
  std::vector<std::string> services;
  // The event oneofs of its entities, to show payloads by name.
  std::vector<const google::protobuf::Descriptor*> events;
  std::vector<const EntityType*> entities;
};

struct NodeInfo {
  std::string name;
  std::string container;
  std::string version;
  Time started;
  std::vector<std::string> listening;
  std::size_t entities_in_memory = 0;
};

// One bootstrap set: a header and commands, in a file that the container found.
struct DataSet {
  ModuleName module;
  std::string name;
  std::string title;
  std::string attribution;
  bool demo = false;
  std::uint64_t commands = 0;
  std::vector<std::string> needs;  // "module/set"
  std::string broken;              // why its file cannot be used; empty: it can
};

struct DataSetCommand {
  std::uint64_t line = 0;  // in its file, from 1
  std::string id;
  std::string method;  // "package.Service/Method"
  std::string request_json;
};

class DataSets {
 public:
  virtual ~DataSets() = default;
  // Ordered so that each comes after those it needs. One whose header is malformed, that needs a
  // set that is not there, or itself by way of others, is `broken` and keeps no other from being
  // used.
  virtual Result<std::vector<DataSet>> list() const = 0;
  // Visits the commands in order; an error of `visit` ends it and is returned. NOT_FOUND when there
  // is no such set; INVALID_ARGUMENT naming file and line when a line is malformed.
  virtual Result<void> read(const ModuleName& module, const std::string& name,
                            const std::function<Result<void>(DataSetCommand)>& visit) const = 0;
  // Hex BLAKE2b-256 of the set's file: tells whether a set is still the one that was applied.
  virtual Result<std::string> fingerprint(const ModuleName& module,
                                          const std::string& name) const = 0;
};

class NodeControl {
 public:
  virtual ~NodeControl() = default;

  virtual NodeInfo node() const = 0;
  virtual std::vector<ModuleInfo> modules() const = 0;
  // Null for a module that this node does not run.
  virtual const Upcasters* upcasters(const ModuleName& module) const = 0;
  virtual LiveTables& tables() = 0;
  virtual const EventLog& log() const = 0;
  // The same logs with what is personal sealed, as they lie on the disk.
  virtual const EventLog& stored_log() const = 0;
  virtual const PersonalData& personal() const = 0;
  // Erases a subject of personal data (actors/subject_erasure.h). Blocks.
  virtual Result<Erasure> erase(const std::string& subject, const OnFold& progress) = 0;
  // Moves the cold head of a module's log into sealed files (events/archive/log_archiving.h).
  // Blocks; one at a time.
  virtual Result<ArchiveReport> archive_events(const ModuleName& module,
                                               const ArchiveWishes& wishes,
                                               const OnArchive& progress) = 0;
  // Makes the file of the tables as small as what it holds (events/compaction.h). Blocks.
  // FAILED_PRECONDITION when they lie in no file.
  virtual Result<CompactionReport> compact_tables(const OnCompaction& progress) = 0;
  virtual const Derived& derived() const = 0;
  virtual const DataSets& data_sets() const = 0;
  virtual Bus& bus() = 0;  // "mt.grown.<module>" after each flush that added to its log
  virtual ActorRuntime& runtime() = 0;
  virtual Reactors& reactors() = 0;
};

}  // namespace mt
