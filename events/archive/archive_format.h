// The bytes of an archive: a mark, then frames of a kind, a length (u32) and a payload; numbers are
// big endian (docs/DATA.md).
#pragma once

#include <cstddef>
#include <string_view>

namespace mt {

inline constexpr std::string_view kArchiveMark = {"mtlogs\0\1", 8};  // the last byte is the format

inline constexpr char kBeginFrame = 'B';     // first position u64, previous hash, module
inline constexpr char kRecordFrame = 'R';    // position u64, the record as it is stored
inline constexpr char kEndFrame = 'E';       // last position u64, records u64, hash
inline constexpr char kIndexFrame = 'X';     // places in the file; of a sealed one, behind the end
inline constexpr char kCompleteFrame = 'Z';  // logs u32, CRC-32C u32 of all bytes before the frame

inline constexpr std::size_t kFrameHead = 5;
inline constexpr std::size_t kHashBytes = 32;
inline constexpr std::size_t kEndBytes = kFrameHead + 16 + kHashBytes;  // of an end frame
inline constexpr std::size_t kCompleteBytes = kFrameHead + 8;

// The index: an entry for each block of records, then the place of its own frame u64 and a CRC-32C
// u32 of all of it before. An entry: position u64, place of the record's frame u64, the chain's
// hash before it.
inline constexpr std::size_t kBlockBytes = 64 << 10;
inline constexpr std::size_t kIndexEntry = 16 + kHashBytes;
inline constexpr std::size_t kIndexTail = 12;
// A frame that says it is longer is damaged: no record comes near to it.
inline constexpr std::size_t kLongestFrame = std::size_t{64} << 20;

}  // namespace mt
