// Session: what a verb works with. Made by mtctl.cc for the one verb that was chosen.
#pragma once

#include <functional>
#include <iosfwd>

#include "events/base/result.h"
#include "ops/client/client.h"
#include "ops/mtctl/output.h"
#include "ops/mtctl/target.h"

namespace mt::mtctl {

struct Session {
  const Client& client;
  const Target& target;
  const CallOptions& options;  // the deadline, when one was asked for
  Output& output;
  std::istream& in;
};

// What a verb works with that reads the data folder itself, whether a container runs on it or not.
struct FileSession {
  const Target& target;
  Output& output;
};

// Ok, or what mtctl tells and turns into its exit code.
using Verb = std::function<Result<void>(Session&)>;
using FileVerb = std::function<Result<void>(FileSession&)>;

}  // namespace mt::mtctl
