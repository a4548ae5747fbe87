// Where the verbs that check logs find them: in a data folder that is read here, or at a node that
// is asked. Both answer in the node's messages, so that both are printed alike.
#pragma once

#include <functional>
#include <string>

#include "events/base/result.h"
#include "ops/mtctl/session.h"
#include "sys/core/v1/archive.pb.h"
#include "sys/core/v1/integrity.pb.h"

namespace mt::mtctl {

struct LogSource {
  using OnReport = std::function<void(const sys::core::v1::LogReport&)>;

  std::function<Result<void>(const sys::core::v1::VerifyLogsRequest&, const OnReport&)> verify;
  std::function<Result<sys::core::v1::GetAnchorsResponse>(const sys::core::v1::GetAnchorsRequest&)>
      anchors;
  std::function<Result<sys::core::v1::ListArchivesResponse>(
      const sys::core::v1::ListArchivesRequest&)>
      archives;
};

// As long as the session.
LogSource logs_at(Session& node);

LogSource logs_in(std::string data_folder);

}  // namespace mt::mtctl
