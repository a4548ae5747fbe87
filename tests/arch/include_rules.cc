#include "tests/arch/include_rules.h"

#include <algorithm>
#include <array>
#include <optional>

#include "tests/arch/cpp_text.h"

namespace mt::arch {
namespace {

struct Level {
  std::string_view folder;
  int level;
};
// Longer paths first, so that the first match is the closest.
constexpr std::array kLevels{
    Level{"events/base/", 1}, Level{"events/", 2},  Level{"projections/", 3}, Level{"bus/", 3},
    Level{"actors/", 4},      Level{"modules/", 5}, Level{"ops/", 6},         Level{"tests/", 7}};

struct Fence {
  std::string_view header;  // an include of this, or below it when it ends with '/'
  std::array<std::string_view, 2> folders;
};
constexpr std::array kFences{
    Fence{"lmdb.h", {"events/lmdb/"}},
    Fence{"caf/", {"actors/"}},
    Fence{"grpcpp/", {"bus/edges/", "ops/client/"}},
    Fence{"grpc/", {"bus/edges/", "ops/client/"}},
    Fence{"boost/", {"bus/edges/"}},
    Fence{"nats.h", {"bus/nats/"}},
    Fence{"nats/", {"bus/nats/"}},
    Fence{"re2/", {"bus/"}},
    Fence{"spdlog/", {"events/base/"}},
    Fence{"fmt/", {"events/base/"}},
    Fence{"sodium.h", {"events/crypto/"}},
    Fence{"sodium/", {"events/crypto/"}},
    Fence{"CLI/", {"ops/"}},
    Fence{"yaml-cpp/", {"ops/"}},
    Fence{"unicode/", {"modules/sys_timespace/"}},
    Fence{"absl/", {"modules/sys_timespace/", "bus/edges/"}},
};

bool is_generated(std::string_view header) { return header.ends_with(".pb.h"); }

std::optional<int> level_of(std::string_view path) {
  for (const auto& [folder, level] : kLevels) {
    if (path.starts_with(folder)) return level;
  }
  if (is_generated(path)) return 0;
  return std::nullopt;
}

std::string_view top_of(std::string_view path) { return path.substr(0, path.find('/')); }

// "sys_core" of "modules/sys_core/server/status.h"; "" elsewhere.
std::string_view module_of(std::string_view path) {
  if (!path.starts_with("modules/")) return "";
  path.remove_prefix(std::string_view("modules/").size());
  return top_of(path);
}

bool is_module(std::string_view name) {
  return name != "sys_main" && (name.starts_with("sys_") || name.starts_with("mod_"));
}

// Calls check(file, include, findings) for each include of the C++ files.
template <class Check>
Findings each_include(const SourceTree& tree, Check check) {
  Findings findings;
  for (const auto& file : tree) {
    if (!is_cpp(file)) continue;
    for (const auto& include : includes_of(file.text)) check(file, include, findings);
  }
  return findings;
}

bool exists(const SourceTree& tree, std::string_view header) {
  if (!is_generated(header)) return find(tree, header) != nullptr;
  const std::string proto = std::string(header.substr(0, header.size() - 5)) + ".proto";
  return find(tree, proto) != nullptr || find(tree, "proto/" + proto) != nullptr;
}

std::string_view why_module_may_not(const SourceFile& file, std::string_view target) {
  const auto from = module_of(file.path);
  const auto to = module_of(target);
  if (is_module(from) && !to.empty() && to != from)
    return "modules meet through proto/ packages only";
  if (from.starts_with("sys_") && (target.starts_with("mod/") || to.starts_with("mod_"))) {
    return "a sys_* module knows no mod_*";
  }
  if (!from.empty() && !is_module(from) && is_module(to) && !target.ends_with("/module.h")) {
    return "module.h is the only door of a module";
  }
  const bool platform = level_of(file.path).value_or(7) < 5;
  if (platform && (target.starts_with("sys/") || target.starts_with("mod/"))) {
    return "the platform knows no module";
  }
  return "";
}

bool is_container_main(const SourceFile& file) {
  const auto module = module_of(file.path);
  return !module.empty() && !is_module(module) && file.path.ends_with("/main.cc");
}

bool matches(const Fence& fence, std::string_view header) {
  return fence.header.ends_with('/') ? header.starts_with(fence.header) : header == fence.header;
}

bool stands_in(const Fence& fence, const SourceFile& file) {
  return file.path.starts_with("tests/") || std::ranges::any_of(fence.folders, [&](auto folder) {
           return !folder.empty() && file.path.starts_with(folder);
         });
}

}  // namespace

Findings unresolved_includes(const SourceTree& tree) {
  return each_include(tree, [&](const auto& file, const auto& include, auto& findings) {
    if (include.target.find("..") != std::string::npos) {
      findings.push_back(at(file, include.line, include.target + " climbs; name it from the root"));
    } else if (include.quoted && !exists(tree, include.target)) {
      findings.push_back(
          at(file, include.line,
             include.target + " is no path from the root; a foreign header stands in <>"));
    }
  });
}

Findings upward_includes(const SourceTree& tree) {
  return each_include(tree, [](const auto& file, const auto& include, auto& findings) {
    const auto from = level_of(file.path);
    const auto to = include.quoted ? level_of(include.target) : std::nullopt;
    if (!from || !to || *to < *from) return;
    const bool own = *to == *from && top_of(file.path) == top_of(include.target);
    const bool runtime = is_container_main(file) && include.target.starts_with("ops/runtime/");
    if (!own && !runtime)
      findings.push_back(
          at(file, include.line, include.target + " lies above or beside; an include points down"));
  });
}

Findings module_trespasses(const SourceTree& tree) {
  return each_include(tree, [](const auto& file, const auto& include, auto& findings) {
    const auto why = include.quoted ? why_module_may_not(file, include.target) : "";
    if (!why.empty())
      findings.push_back(at(file, include.line, include.target + ": " + std::string(why)));
  });
}

Findings fence_breaches(const SourceTree& tree) {
  return each_include(tree, [](const auto& file, const auto& include, auto& findings) {
    if (include.quoted && is_generated(include.target)) return;
    for (const auto& fence : kFences) {
      if (!matches(fence, include.target) || stands_in(fence, file)) continue;
      findings.push_back(
          at(file, include.line, include.target + " belongs in " + std::string(fence.folders[0])));
    }
  });
}

}  // namespace mt::arch
