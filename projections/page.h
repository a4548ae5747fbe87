// Opaque page tokens: they name the last row that was served, so that inserts and deletes before it
// neither repeat nor skip a row. A token serves only the query that gave it.
#pragma once

#include <google/protobuf/repeated_ptr_field.h>
#include <cstddef>

#include <cstdint>
#include <string>
#include <string_view>

#include "events/base/result.h"

namespace mt {

inline constexpr std::uint32_t kDefaultPageSize = 50;
inline constexpr std::uint32_t kMaxPageSize = 1000;
// A page ends with the row that brings its rows' bytes over this, so that a reply, with its largest
// row, stays well below the 4 MiB that gRPC's clients take.
inline constexpr std::size_t kMaxPageBytes = std::size_t{1} << 20;

// What a caller asks for. `query` tells one query from another: its method and all its filters, but
// not page_size and page_token.
struct PageRequest {
  std::uint32_t size = 0;  // 0: kDefaultPageSize; above kMaxPageSize: refused by validation
  std::string token;
  std::uint64_t query = 0;
};

// At most so many rows are in the answer.
std::size_t rows_of_page(const PageRequest& request);

// The rows as a repeated field, so that a response of them takes them over as they are.
template <typename Row>
struct Page {
  google::protobuf::RepeatedPtrField<Row> rows;
  std::string next_token;  // empty: that was all
};

// Fingerprint of a query's name and filters.
std::uint64_t query_fingerprint(std::string_view method,
                                std::initializer_list<std::string_view> filters);

std::string encode_page_token(std::uint64_t query, std::string_view after);

// The key to go on after. INVALID_ARGUMENT naming page_token when the token is damaged or was given
// by another query.
Result<std::string> decode_page_token(std::uint64_t query, std::string_view token);

}  // namespace mt
