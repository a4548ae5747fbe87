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
inline constexpr char kCompleteFrame = 'Z';  // logs u32, CRC-32C u32 of all bytes before the frame

inline constexpr std::size_t kFrameHead = 5;
inline constexpr std::size_t kHashBytes = 32;
// A frame that says it is longer is damaged: no record comes near to it.
inline constexpr std::size_t kLongestFrame = std::size_t{64} << 20;

}  // namespace mt
