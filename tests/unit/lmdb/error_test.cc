#include "events/lmdb/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lmdb.h>

#include <cerrno>

namespace mt {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Case {
  int code;
  Code is;
  std::string says;
};

const Case kCases[] = {
    {ENOSPC, Code::kResourceExhausted, "make room on the disk"},
    {EDQUOT, Code::kResourceExhausted, "make room on the disk"},
    {EFBIG, Code::kResourceExhausted, "make room on the disk"},
    {EIO, Code::kUnavailable, "make room on the disk if it is full"},
    {MDB_MAP_FULL, Code::kResourceExhausted, "raise the size of the memory map"},
    {MDB_READERS_FULL, Code::kResourceExhausted, "try again"},
    {MDB_CORRUPTED, Code::kDataLoss, "restore this folder from a backup"},
    {MDB_PAGE_NOTFOUND, Code::kDataLoss, "restore this folder from a backup"},
    {MDB_INVALID, Code::kDataLoss, "restore this folder from a backup"},
    {MDB_PANIC, Code::kUnavailable, "an earlier commit failed"},
    {EACCES, Code::kUnavailable, "check the owner and the mode"},
    {ENOMEM, Code::kUnavailable, "Cannot allocate memory"},
};

TEST(FromLmdb, SaysWhatFailedAndWhatToDo) {
  for (const Case& tested : kCases) {
    const Error error = from_lmdb(tested.code, "do this");
    EXPECT_EQ(error.code, tested.is) << error.message;
    EXPECT_THAT(error.message, StartsWith("cannot do this: "));
    EXPECT_THAT(error.message, HasSubstr(tested.says));
  }
}

}  // namespace
}  // namespace mt
