// Erasing a subject of personal data: its key is destroyed, and what was derived from what it
// sealed is made anew. Erasing again finishes what was cut short, and changes nothing else.
#pragma once

#include <string>
#include <vector>

#include "actors/entity_hosts.h"
#include "actors/erasure.h"
#include "actors/module.h"
#include "events/personal_data.h"
#include "projections/live_tables.h"

namespace mt {

class SubjectErasure {
 public:
  // All outlive it. `stored` is the log as it lies on the disk.
  struct Ports {
    const EventLog& stored;
    const PersonalData& personal;
    const std::vector<Module>& modules;
    LiveTables& tables;
    EntityHosts& hosts;
    const Clock& clock;
  };
  explicit SubjectErasure(Ports ports) : ports_(ports) {}

  // Blocks. NOT_FOUND when nothing is known of the subject. Any other error after the key is gone
  // says so: the same call again goes on from there.
  Result<Erasure> erase(const std::string& subject, const OnFold& progress) const;

 private:
  struct Found;

  Result<std::vector<Found>> find(const std::string& subject, const OnFold& progress) const;
  Result<Found> find_in(const Module& module, const std::string& subject,
                        const OnFold& progress) const;
  Result<void> forget(const Found& found) const;
  Result<void> rebuild(const Found& found, const OnFold& progress,
                       std::vector<FoldReport>& reports) const;

  const Ports ports_;
};

}  // namespace mt
