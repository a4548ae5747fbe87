#include "tests/arch/folder_cycles.h"

#include <map>
#include <set>

#include "tests/arch/cpp_text.h"

namespace mt::arch {
namespace {

using Graph = std::map<std::string, std::set<std::string>>;

Graph graph_of(const SourceTree& tree) {
  Graph graph;
  for (const auto& file : tree) {
    if (!is_cpp(file) || file.path.starts_with("tests/")) continue;
    const std::string from(folder_of(file.path));
    for (const auto& include : includes_of(file.text)) {
      const std::string to(folder_of(include.target));
      if (include.quoted && to != from) graph[from].insert(to);
    }
  }
  return graph;
}

// Depth first; a folder met again while it is still open closes a cycle.
class CycleSearch {
 public:
  explicit CycleSearch(const Graph& graph) : graph_(graph) {}

  Findings run() {
    for (const auto& [folder, unused] : graph_) visit(folder);
    return std::move(findings_);
  }

 private:
  void visit(const std::string& folder) {
    for (std::size_t i = 0; i < open_.size(); ++i) {
      if (open_[i] == folder) return report(i);
    }
    if (!seen_.insert(folder).second) return;
    const auto edges = graph_.find(folder);
    if (edges == graph_.end()) return;
    open_.push_back(folder);
    for (const auto& next : edges->second) visit(next);
    open_.pop_back();
  }

  void report(std::size_t first) {
    std::string round = "folders include each other: ";
    for (std::size_t i = first; i < open_.size(); ++i) round += open_[i] + " -> ";
    findings_.push_back(round + open_[first]);
  }

  const Graph& graph_;
  std::set<std::string> seen_;
  std::vector<std::string> open_;
  Findings findings_;
};

}  // namespace

Findings folder_cycles(const SourceTree& tree) {
  const Graph graph = graph_of(tree);
  return CycleSearch(graph).run();
}

}  // namespace mt::arch
