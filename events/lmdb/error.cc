#include "events/lmdb/error.h"

#include <lmdb.h>

#include <cerrno>

namespace mt {
namespace {

std::string advice(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return "; make room on the disk and start again, what was acknowledged is kept";
    case EIO:
      // LMDB's word for a short write too, which is a disk that has just become full.
      return "; make room on the disk if it is full, see that it is sound, and start again";
    case MDB_MAP_FULL:
      return "; raise the size of the memory map and start again";
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
      return "; restore this folder from a backup";
    case MDB_PANIC:
      return "; an earlier commit failed, start again";
    case MDB_READERS_FULL:
      return "; too many readers at once, try again";
    case EACCES:
    case EROFS:
    case EPERM:
      return "; check the owner and the mode of the folder";
    default:
      return "";
  }
}

Code code_of(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case MDB_MAP_FULL:
    case MDB_READERS_FULL:
      return Code::kResourceExhausted;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
      return Code::kDataLoss;
    default:
      return Code::kUnavailable;
  }
}

}  // namespace

Error from_lmdb(int code, const std::string& doing) {
  return {code_of(code), "cannot " + doing + ": " + mdb_strerror(code) + advice(code)};
}

}  // namespace mt
