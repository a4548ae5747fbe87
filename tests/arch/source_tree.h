#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

// The files that the rules of the tree are checked on. Rules are pure functions from files to
// findings, so that each is also tried on a few lines that break it: a rule that cannot fail proves
// nothing.
namespace mt::arch {

struct SourceFile {
  std::string path;  // from the root, with '/'
  std::string text;
};

using SourceTree = std::vector<SourceFile>;  // ordered by path

// One line each: "<path>:<line>: <what is wrong and what to do>".
using Findings = std::vector<std::string>;

// All text files that belong to the project: what a build, a run or a package manager left is
// passed over.
SourceTree read_source_tree(const std::filesystem::path& root);

// The tree under test, read once.
const SourceTree& project();

const SourceFile* find(const SourceTree& tree, std::string_view path);
bool has_extension(const SourceFile& file, std::initializer_list<std::string_view> extensions);
bool is_cpp(const SourceFile& file);

// "events/lmdb" of "events/lmdb/lmdb_log.cc"; "" for a file at the top.
std::string_view folder_of(std::string_view path);

std::vector<std::string_view> lines_of(std::string_view text);
std::string at(const SourceFile& file, int line, std::string_view what);

// Findings one a line, for EXPECT_EQ(listed(…), "").
std::string listed(const Findings& findings);

}  // namespace mt::arch
