// ArchiveWriter: logs as the bytes of an archive (docs/DATA.md has the layout). One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "events/archive/archive_format.h"
#include "events/archive/log_receiver.h"

namespace mt {

// Takes bytes, each behind the ones before. An error ends the writing.
using ByteSink = std::function<Result<void>(std::string_view)>;

class ArchiveWriter final : public LogReceiver {
 public:
  explicit ArchiveWriter(ByteSink sink);

  Result<void> begin(const LogBegin& log) override;
  Result<void> take(const CommitRecord& record, std::string_view stored) override;
  Result<void> end(const LogEnd& log) override;
  Result<void> finish() override;

  // The place of what is written next.
  std::uint64_t place() const { return given_ + bytes_.size(); }
  // Between the end of a log and the finish.
  void add_index(std::string_view index) { add(kIndexFrame, index); }

 private:
  void add(char kind, std::string_view head, std::string_view rest = {});
  Result<void> flush();

  const ByteSink sink_;
  std::string bytes_;      // not given to the sink yet
  std::uint32_t crc_ = 0;  // of what was given
  std::uint64_t given_ = 0;
  std::uint32_t logs_ = 0;
};

}  // namespace mt
