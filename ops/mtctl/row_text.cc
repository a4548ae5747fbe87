#include "ops/mtctl/row_text.h"

#include <set>
#include <utility>

#include "ops/mtctl/json_text.h"
#include "ops/terminal/display_width.h"

namespace mt::mtctl {
namespace {

using google::protobuf::Struct;

constexpr std::size_t kRowColumns = 160;
constexpr std::size_t kValueColumns = 60;

std::string value_text(const Struct& row, const std::string& field) {
  const auto found = row.fields().find(field);
  if (found == row.fields().end()) return "none";
  return fitted(printable(to_json(found->second)), kValueColumns);
}

}  // namespace

std::string row_text(const Struct& row) {
  return row.fields().empty() ? "" : fitted(printable(to_json(row)), kRowColumns);
}

std::vector<FieldDifference> field_differences(const Struct& before, const Struct& after) {
  std::set<std::string> fields;
  for (const auto& [field, value] : before.fields()) fields.insert(field);
  for (const auto& [field, value] : after.fields()) fields.insert(field);
  std::vector<FieldDifference> differences;
  for (const std::string& field : fields) {
    FieldDifference one{field, value_text(before, field), value_text(after, field)};
    if (one.before != one.after) differences.push_back(std::move(one));
  }
  return differences;
}

}  // namespace mt::mtctl
