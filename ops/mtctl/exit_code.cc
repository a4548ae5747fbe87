#include "ops/mtctl/exit_code.h"

namespace mt::mtctl {

int exit_code(Code code) {
  switch (code) {
    case Code::kOk:
      return 0;
    case Code::kInvalidArgument:
    case Code::kOutOfRange:
      return kUsage;
    case Code::kNotFound:
    case Code::kUnimplemented:
      return 3;
    case Code::kPermissionDenied:
    case Code::kUnauthenticated:
      return 4;
    case Code::kAlreadyExists:
    case Code::kFailedPrecondition:
    case Code::kAborted:
      return 5;
    case Code::kUnavailable:
    case Code::kResourceExhausted:
      return 6;
    case Code::kDeadlineExceeded:
      return 7;
    case Code::kCancelled:
    case Code::kUnknown:
    case Code::kInternal:
    case Code::kDataLoss:
      break;
  }
  return 1;
}

}  // namespace mt::mtctl
