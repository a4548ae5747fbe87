#include "ops/mtctl/number_check.h"

#include <string>

namespace mt::mtctl {

CLI::Validator above_zero() {
  return CLI::Validator(
      [](const std::string& text) -> std::string {
        double number = 0;
        if (CLI::detail::lexical_cast(text, number) && number > 0) return "";
        return "'" + text + "' is no number above 0";
      },
      "");
}

}  // namespace mt::mtctl
