#include "actors/upgrade_faults.h"

#include <algorithm>

namespace mt {

void UpgradeFaults::add(const std::string& part, const EventKind& kind, Position position,
                        const Error& why) {
  const auto [at, is_new] = faults_.try_emplace(Alike{part, kind, why.code});
  UpgradeFault& fault = at->second;
  if (is_new) {
    fault.part = part;
    fault.kind = kind;
    fault.why = why.message;
  }
  if (fault.first.size() < kFirst) fault.first.push_back(position);
  ++fault.count;
}

void UpgradeFaults::forget(const std::string& part) {
  std::erase_if(faults_, [&](const auto& fault) { return fault.first.part == part; });
}

std::vector<UpgradeFault> UpgradeFaults::all() const {
  std::vector<UpgradeFault> all;
  for (const auto& [alike, fault] : faults_) all.push_back(fault);
  std::ranges::stable_sort(all, {}, [](const UpgradeFault& fault) { return fault.first.front(); });
  return all;
}

}  // namespace mt
