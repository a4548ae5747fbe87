// Result<T>: a value, or an Error that says why there is none. Refusals and faults are values here;
// exceptions exist only at start-up. Names follow std::expected, which GCC 12 lacks in C++20 mode.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mt {

// gRPC's status codes, by number: an edge passes them on unchanged.
enum class Code {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

std::string_view to_string(Code code);

// One field of a request that breaks its rule; `field` is its path, e.g. "notice.title".
struct FieldViolation {
  std::string field;
  std::string description;

  bool operator==(const FieldViolation&) const = default;
};

// What went wrong: for the caller to read and, by its code, to act on.
struct Error {
  Code code = Code::kUnknown;
  std::string message;
  std::vector<FieldViolation> violations = {};

  bool operator==(const Error&) const = default;
};

// A value or an Error. Reading the one that is not there is a programmer's error and throws
// std::bad_variant_access, which nothing catches.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return content_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return std::get<0>(content_); }
  const T& value() const& { return std::get<0>(content_); }
  T&& value() && { return std::get<0>(std::move(content_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & { return std::get<1>(content_); }
  const Error& error() const& { return std::get<1>(content_); }
  Error&& error() && { return std::get<1>(std::move(content_)); }

  T value_or(T fallback) const { return has_value() ? value() : std::move(fallback); }

 private:
  std::variant<T, Error> content_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }

  Error& error() & { return error_.value(); }
  const Error& error() const& { return error_.value(); }
  Error&& error() && { return std::move(error_).value(); }

 private:
  std::optional<Error> error_;
};

inline Error invalid_argument(std::string message) {
  return {Code::kInvalidArgument, std::move(message)};
}
inline Error not_found(std::string message) { return {Code::kNotFound, std::move(message)}; }
inline Error already_exists(std::string message) {
  return {Code::kAlreadyExists, std::move(message)};
}
inline Error failed_precondition(std::string message) {
  return {Code::kFailedPrecondition, std::move(message)};
}
inline Error permission_denied(std::string message) {
  return {Code::kPermissionDenied, std::move(message)};
}
inline Error unauthenticated(std::string message) {
  return {Code::kUnauthenticated, std::move(message)};
}
inline Error aborted(std::string message) { return {Code::kAborted, std::move(message)}; }
inline Error unavailable(std::string message) { return {Code::kUnavailable, std::move(message)}; }
inline Error internal(std::string message) { return {Code::kInternal, std::move(message)}; }
inline Error data_loss(std::string message) { return {Code::kDataLoss, std::move(message)}; }

// An INVALID_ARGUMENT that names one field.
inline Error invalid_field(std::string field, std::string description) {
  Error error{Code::kInvalidArgument, field + ": " + description};
  error.violations.push_back({std::move(field), std::move(description)});
  return error;
}

}  // namespace mt

#define MT_TRY_CONCAT_INNER(a, b) a##b
#define MT_TRY_CONCAT(a, b) MT_TRY_CONCAT_INNER(a, b)

// MT_TRY(declaration, expression): the value of a Result, or an early return of its error.
#define MT_TRY(declaration, ...)                                \
  auto MT_TRY_CONCAT(mt_try_, __LINE__) = (__VA_ARGS__);        \
  if (!MT_TRY_CONCAT(mt_try_, __LINE__))                        \
    return std::move(MT_TRY_CONCAT(mt_try_, __LINE__)).error(); \
  declaration = *std::move(MT_TRY_CONCAT(mt_try_, __LINE__))

// The same for a Result<void>.
#define MT_CHECK_OK(...)                                         \
  if (auto MT_TRY_CONCAT(mt_checked_, __LINE__) = (__VA_ARGS__); \
      !MT_TRY_CONCAT(mt_checked_, __LINE__))                     \
  return std::move(MT_TRY_CONCAT(mt_checked_, __LINE__)).error()
