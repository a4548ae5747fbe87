#include "ops/data/data_format.h"

#include <string>

#include "ops/data/folder_file.h"

namespace mt {
namespace {

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

}  // namespace

Result<bool> has_data_format(const std::filesystem::path& folder) {
  MT_TRY(const auto format, read_small_file(folder / "format"));
  if (!format) return false;
  if (*format == kDataFormat) return true;
  return failed_precondition("data folder " + folder.string() + " has the format '" +
                             first_line(*format) + "', this program knows '" +
                             first_line(kDataFormat) +
                             "'; nothing was touched; use the program that wrote it");
}

}  // namespace mt
