#include "events/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace mt {

void check_failed(const char* why_it_must_hold, std::source_location where) {
  std::fprintf(stderr, "check failed at %s:%u: %s\n", where.file_name(), where.line(),
               why_it_must_hold);
  std::abort();
}

}  // namespace mt
