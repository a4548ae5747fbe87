// LogParser: reads logs from the bytes of a file or a stream, in pieces as they come, checks them
// and passes them on. An error is DATA_LOSS and says where in the bytes it is; nothing may be fed
// after one. Implementations: ArchiveParser (events/archive), NdjsonParser (ops/mtctl).
#pragma once

#include <string_view>

#include "events/base/result.h"

namespace mt {

class LogParser {
 public:
  virtual ~LogParser() = default;

  virtual Result<void> feed(std::string_view bytes) = 0;
  // All has been fed. DATA_LOSS when it was cut short.
  virtual Result<void> finish() = 0;
};

}  // namespace mt
