#include "projections/page.h"

#include <algorithm>
#include <cstring>

#include "events/byte_order.h"
#include "events/crypto/base64url.h"
#include "events/record_codec.h"
#include "mt/projections/v1/page.pb.h"

namespace mt {
namespace {

constexpr std::size_t kCrcBytes = 4;

std::string crc_bytes(std::string_view bytes) {
  std::uint32_t crc = crc32c(bytes);
  std::string text;
  for (std::size_t i = 0; i < kCrcBytes; ++i, crc >>= 8) {
    text.push_back(static_cast<char>(crc & 0xff));
  }
  return text;
}

Error bad_token(const std::string& why) { return invalid_field("page_token", why); }

}  // namespace

std::size_t rows_of_page(const PageRequest& request) {
  return request.size == 0 ? kDefaultPageSize : std::min(request.size, kMaxPageSize);
}

// FNV-1a: it tells one query from another by mistake, and keeps nobody from anything.
std::uint64_t query_fingerprint(std::string_view method,
                                std::initializer_list<std::string_view> filters) {
  std::uint64_t hash = 14695981039346656037u;
  const auto add = [&hash](std::string_view bytes) {
    for (const char byte : bytes) {
      hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211u;
    }
  };
  add(method);
  for (const std::string_view filter : filters) {
    // With its length: "ab","c" is not "a","bc".
    add(u64_bytes(filter.size()));
    add(filter);
  }
  return hash;
}

std::string encode_page_token(std::uint64_t query, std::string_view after) {
  projections::v1::PageToken token;
  token.set_query(query);
  token.set_after(after.data(), after.size());
  const std::string bytes = token.SerializeAsString();
  return base64url_encode(bytes + crc_bytes(bytes));
}

Result<std::string> decode_page_token(std::uint64_t query, std::string_view token) {
  static constexpr char kDamaged[] =
      "is damaged; send the next_page_token of the page before as it came, or none for the first "
      "page";
  const auto bytes = base64url_decode(token);
  if (!bytes || bytes->size() < kCrcBytes) return bad_token(kDamaged);
  const std::string_view body(bytes->data(), bytes->size() - kCrcBytes);
  projections::v1::PageToken parsed;
  if (bytes->substr(body.size()) != crc_bytes(body) ||
      !parsed.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
    return bad_token(kDamaged);
  }
  if (parsed.query() != query) {
    return bad_token("belongs to another query; leave it empty when the filters change");
  }
  return std::move(*parsed.mutable_after());
}

}  // namespace mt
