#include "actors/subject_erasure.h"

#include <algorithm>
#include <future>
#include <set>
#include <utility>

#include "projections/fold.h"
#include "projections/table_upgrades.h"

namespace mt {
namespace {

// Whether the projection reads events of one of these kinds; one that does not say what it reads
// might.
bool reads(const Projection& projection, const std::set<std::string>& types) {
  const auto oneofs = projection.events();
  if (oneofs.empty()) return true;
  return std::ranges::any_of(oneofs, [&](const auto* oneof) {
    return std::ranges::any_of(
        types, [&](const std::string& type) { return event_belongs_to(*oneof, type); });
  });
}

bool any_version_reads(const Module& module, const std::string& table,
                       const std::set<std::string>& types) {
  const auto reads_it = [&](const std::shared_ptr<Projection>& version) {
    return version->table().name() == table && reads(*version, types);
  };
  return std::ranges::any_of(module.projections(), reads_it) ||
         std::ranges::any_of(module.earlier(), reads_it);
}

Error unknown(const std::string& subject) {
  return not_found("no personal data are kept of '" + subject +
                   "'; a subject is written CATEGORY/ID, as its stream is: account/4f2…");
}

Error goes_on(const std::string& subject, Error why) {
  why.message = "the key of " + subject + " is destroyed, but not all is done: " + why.message +
                "; run the same erase again";
  return why;
}

}  // namespace

// In one module.
struct SubjectErasure::Found {
  const Module* module = nullptr;
  Erasure::Events events;
  std::set<std::string> types;  // as they are read now
  std::set<StreamId> streams;
  std::vector<std::pair<StreamId, Claim>> claims;  // that the subject has ever taken

  bool is_nothing() const { return events.sealed.empty() && events.in_clear.empty(); }
};

Result<Erasure> SubjectErasure::erase(const std::string& subject, const OnFold& progress) const {
  SubjectKeys& keys = ports_.personal.keys();
  MT_TRY(const SubjectKeys::State state, keys.state(subject));
  if (state == SubjectKeys::State::kUnknown) {
    MT_TRY(const std::vector<Found> found, find(subject, progress));
    if (std::ranges::all_of(found, &Found::is_nothing)) return unknown(subject);
  }
  Erasure erasure;
  erasure.subject = subject;
  MT_TRY(erasure.time, keys.erase(subject, ports_.clock.now()));
  // Nothing more of it comes into a log from here on: this finds all.
  Result<std::vector<Found>> found = find(subject, progress);
  if (!found) return goes_on(subject, std::move(found).error());
  for (Found& one : *found) {
    if (one.is_nothing()) continue;
    Result<void> done = forget(one);
    if (done) done = rebuild(one, progress, erasure.tables);
    if (!done) return goes_on(subject, std::move(done).error());
    erasure.events.push_back(std::move(one.events));
  }
  return erasure;
}

Result<std::vector<SubjectErasure::Found>> SubjectErasure::find(const std::string& subject,
                                                                const OnFold& progress) const {
  std::vector<Found> all;
  for (const Module& module : ports_.modules) {
    MT_TRY(Found found, find_in(module, subject, progress));
    all.push_back(std::move(found));
  }
  return all;
}

Result<SubjectErasure::Found> SubjectErasure::find_in(const Module& module,
                                                      const std::string& subject,
                                                      const OnFold& progress) const {
  const ModuleName& name = module.name();
  Found found{&module, {name, {}, {}}, {}, {}, {}};
  FoldMeter meter("the log of " + name.value, ports_.stored.head(name), progress);
  Result<void> outcome;
  MT_CHECK_OK(ports_.stored.scan(name, {1}, [&](const CommitRecord& record) {
    const Commit& commit = record.commit;
    for (std::size_t i = 0; i < commit.events.size(); ++i) {
      const StoredEvent& event = commit.events[i];
      const bool sealed = event.subject == subject;
      if (!sealed && ports_.personal.subject_in_clear(name, commit.stream, event) != subject) {
        continue;
      }
      (sealed ? found.events.sealed : found.events.in_clear).push_back(record.first + i);
      found.types.insert(module.upcasters().leads_to({event.type, event.schema}).type);
      found.streams.insert(commit.stream);
    }
    if (!commit.taken.empty() && to_string(commit.stream) == subject) {
      for (const Claim& claim : commit.taken) {
        if (!module.personal_claims().contains(claim.scope)) continue;
        found.claims.emplace_back(commit.stream, ports_.personal.read_as(name, claim));
      }
    }
    outcome = meter.at(record.last());
    return outcome ? Scan::kGoOn : Scan::kStop;
  }));
  MT_CHECK_OK(outcome);
  return found;
}

// The states in memory first: one that is let go later could be kept as a snapshot again.
Result<void> SubjectErasure::forget(const Found& found) const {
  const ModuleName& name = found.module->name();
  for (const StreamId& stream : found.streams) ports_.hosts.renew(name, stream);
  return ports_.tables.let_go(name, {found.streams, found.claims});
}

Result<void> SubjectErasure::rebuild(const Found& found, const OnFold& progress,
                                     std::vector<FoldReport>& reports) const {
  for (const auto& projection : found.module->projections()) {
    const std::string& table = projection->table().name();
    // Nobody knows what versions have read whose code is not here.
    MT_CHECK_OK(ports_.tables.upgrades().forget_remains(table));
    if (!any_version_reads(*found.module, table, found.types)) continue;
    MT_TRY(FoldReport report, ports_.tables.rebuild(table, progress));
    reports.push_back(std::move(report));
  }
  return {};
}

}  // namespace mt
