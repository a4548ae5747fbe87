#include "ops/mtctl/anchor_file.h"

#include <google/protobuf/util/json_util.h>

#include <filesystem>
#include <fstream>

#include "events/log_verify.h"
#include "ops/mtctl/json_text.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

Error no_anchor(const std::string& path, int line, const std::string& why) {
  return invalid_argument(path + " line " + std::to_string(line) + " is no anchor: " + why);
}

}  // namespace

Result<void> write_anchors(const std::string& path, const Anchors& anchors) {
  if (std::filesystem::exists(path))
    return already_exists(path + " exists; name a new file, since old anchors prove more");
  std::ofstream file(path);
  for (const core::Anchor& anchor : anchors) file << to_json(anchor) << "\n";
  file.close();
  if (!file) return unavailable("cannot write " + path + "; is its folder there and not full?");
  return {};
}

Result<Anchors> read_anchors(const std::string& path) {
  std::ifstream file(path);
  if (!file) return not_found("cannot read " + path + "; is it there?");
  Anchors anchors;
  std::string text;
  for (int line = 1; std::getline(file, text); ++line) {
    if (text.empty()) continue;
    core::Anchor& anchor = *anchors.Add();
    const auto parsed = google::protobuf::util::JsonStringToMessage(text, &anchor);
    if (!parsed.ok()) return no_anchor(path, line, parsed.ToString());
    if (anchor.module().empty()) return no_anchor(path, line, "it names no module");
    if (!hash_from_hex(anchor.hash()))
      return no_anchor(path, line, "its hash is not 64 hex digits");
  }
  if (anchors.empty()) return invalid_argument(path + " holds no anchor");
  return anchors;
}

}  // namespace mt::mtctl
