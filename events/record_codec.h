// Commit records as bytes and back: checksum, hash chain, body (docs/DATA.md has the layout). Pure.
#pragma once

#include <string>
#include <string_view>

#include "events/base/result.h"
#include "events/record.h"

namespace mt {

// Bytes of `record` behind `previous`, the chain's hash before it; sets record.hash.
std::string encode_record(CommitRecord& record, const Hash& previous);

// The record at `first`. DATA_LOSS with the module and the position when the checksum, the chain or
// the body does not hold; such a record is never served.
Result<CommitRecord> decode_record(const ModuleName& module, Position first, std::string_view bytes,
                                   const Hash& previous);
// The same into a record whose memory is used again; after an error it is of no use.
Result<void> decode_record(const ModuleName& module, Position first, std::string_view bytes,
                           const Hash& previous, CommitRecord& into);

// The chain's hash in a stored record, its checksum verified and nothing else.
Result<Hash> decode_hash(const ModuleName& module, Position first, std::string_view bytes);

// DATA_LOSS: the record at `first` is not as it was written, or not there; `why` goes on "it …".
Error damaged_record(const ModuleName& module, Position first, const std::string& why);

// Its message without the advice at its end, for a record that is not a log's.
std::string without_advice(std::string message);

// CRC-32C (Castagnoli) of `bytes`, continued from `crc`; by the processor's instruction where it
// has one.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc = 0);
// The same for every processor.
std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t crc = 0);

}  // namespace mt
