// Rows of tables, and what is not the same in two of them, as an operator reads them.
#pragma once

#include <google/protobuf/struct.pb.h>

#include <string>
#include <vector>

namespace mt::mtctl {

// As much of it as fits into a line.
std::string row_text(const google::protobuf::Struct& row);

struct FieldDifference {
  std::string field;
  std::string before;  // "none": it is not there
  std::string after;
};
// Those that are not the same, by name. Without secret ones, which are in neither row.
std::vector<FieldDifference> field_differences(const google::protobuf::Struct& before,
                                               const google::protobuf::Struct& after);

}  // namespace mt::mtctl
