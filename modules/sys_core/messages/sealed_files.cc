#include "events/archive/segment_file.h"
#include "events/log_archive.h"
#include "modules/sys_core/messages/log_reports.h"
#include "modules/sys_core/messages/times.h"

namespace mt::sys_core {

v1::SealedFile to_proto(const Segment& segment) {
  v1::SealedFile file;
  file.set_module(segment.module.value);
  file.set_first(segment.first.value);
  file.set_last(segment.last.value);
  file.set_commits(segment.commits);
  *file.mutable_begins() = timestamp_of(segment.begins);
  *file.mutable_ends() = timestamp_of(segment.ends);
  file.set_bytes(segment.bytes);
  file.set_hash(to_hex(segment.hash));
  file.set_blake2b(to_hex(segment.file_hash));
  file.set_name(file_name(segment));
  return file;
}

Result<v1::ListArchivesResponse> archives_of(const EventLog& log,
                                             const v1::ListArchivesRequest& request) {
  MT_TRY(const auto modules, logs_named(log, request.modules()));
  v1::ListArchivesResponse response;
  const LogArchive* archive = log.archive();
  if (archive == nullptr) return response;
  for (const ModuleName& module : modules) {
    for (const Segment& segment : archive->segments(module)) {
      v1::SealedFile& file = *response.add_files();
      file = to_proto(segment);
      const auto folder = archive->folder(module);
      const auto sound =
          request.check() ? check_seal(folder, segment) : check_size(folder, segment);
      if (!sound) file.set_fault(sound.error().message);
    }
  }
  return response;
}

}  // namespace mt::sys_core
