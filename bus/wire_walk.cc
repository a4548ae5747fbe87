#include "bus/wire_walk.h"

#include <cstdint>
#include <map>

#include "bus/text_format.h"

namespace mt {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr int kDeepest = 100;  // protobuf's own limit

enum WireType : std::uint32_t {
  kVarint = 0,
  kFixed64 = 1,
  kLengthDelimited = 2,
  kGroupStart = 3,
  kGroupEnd = 4,
  kFixed32 = 5,
};

// A position in the bytes; every read fails rather than pass their end.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

  bool at_end() const { return at_ == bytes_.size(); }
  std::size_t offset() const { return at_; }

  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70 && at_ < bytes_.size(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      if (shift < 64) value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return std::nullopt;
  }

  std::optional<std::string_view> take(std::uint64_t length) {
    if (length > bytes_.size() - at_) return std::nullopt;
    const std::string_view taken = bytes_.substr(at_, length);
    at_ += length;
    return taken;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

class Walk {
 public:
  // `base`: where `bytes` begin in the whole request. A type of null holds unknown fields only.
  bool message(const Descriptor* type, std::string_view bytes, std::size_t base,
               const std::string& path, int depth) {
    if (depth > kDeepest) return fail(path, "is nested deeper than 100 messages");
    Cursor cursor(bytes);
    std::map<int, int> seen;  // elements of repeated fields so far
    while (!cursor.at_end()) {
      const std::size_t at = base + cursor.offset();
      const auto tag = cursor.varint();
      if (!tag || *tag > UINT32_MAX) return fail(path, "breaks off in a field's tag" + near(at));
      const auto number = static_cast<int>(*tag >> 3);
      if (number == 0) return fail(path, "has a field numbered 0" + near(at));
      const FieldDescriptor* field = type ? type->FindFieldByNumber(number) : nullptr;
      const std::string inside = path_of(path, field, number, seen);
      if (!value(field, static_cast<WireType>(*tag & 7), cursor, base, inside, depth)) return false;
    }
    return true;
  }

  std::optional<WireFault> fault() && { return std::move(fault_); }

 private:
  bool value(const FieldDescriptor* field, WireType wire, Cursor& cursor, std::size_t base,
             const std::string& path, int depth) {
    const std::string at = near(base + cursor.offset());
    switch (wire) {
      case kVarint:
        return cursor.varint() ? true : fail(path, "breaks off in its number" + at);
      case kFixed64:
        return cursor.take(8) ? true : fail(path, "breaks off in its eight bytes" + at);
      case kFixed32:
        return cursor.take(4) ? true : fail(path, "breaks off in its four bytes" + at);
      case kLengthDelimited:
        return delimited(field, cursor, base, path, depth);
      case kGroupStart:
      case kGroupEnd:
        return fail(path, "is a group, which this message has none of" + at);
    }
    return fail(path, "has an unknown wire type" + at);
  }

  bool delimited(const FieldDescriptor* field, Cursor& cursor, std::size_t base,
                 const std::string& path, int depth) {
    const std::string at = near(base + cursor.offset());
    const auto length = cursor.varint();
    const auto content = length ? cursor.take(*length) : std::nullopt;
    if (!content) return fail(path, "is longer than the message has bytes" + at);
    if (field == nullptr) return true;
    const std::size_t begins = base + cursor.offset() - content->size();
    if (field->type() == FieldDescriptor::TYPE_STRING) return text(*content, path);
    if (field->type() == FieldDescriptor::TYPE_MESSAGE)
      return message(field->message_type(), *content, begins, path, depth + 1);
    if (field->is_packable()) return packed(*field, *content, path);
    return true;
  }

  bool text(std::string_view content, const std::string& path) {
    const auto at = find_invalid_utf8(content);
    return at ? fail(path, "is not valid UTF-8 at its byte " + std::to_string(*at)) : true;
  }

  bool packed(const FieldDescriptor& field, std::string_view content, const std::string& path) {
    const bool eight = field.type() == FieldDescriptor::TYPE_DOUBLE ||
                       field.type() == FieldDescriptor::TYPE_FIXED64 ||
                       field.type() == FieldDescriptor::TYPE_SFIXED64;
    const bool four = field.type() == FieldDescriptor::TYPE_FLOAT ||
                      field.type() == FieldDescriptor::TYPE_FIXED32 ||
                      field.type() == FieldDescriptor::TYPE_SFIXED32;
    if (eight || four)
      return content.size() % (eight ? 8 : 4) == 0 ? true : fail(path, "breaks off in a number");
    Cursor cursor(content);
    while (!cursor.at_end())
      if (!cursor.varint()) return fail(path, "breaks off in a number");
    return true;
  }

  // "notice.title", "roles[2]"; an entry of a map is named by the map, for its key may come last.
  static std::string path_of(const std::string& parent, const FieldDescriptor* field, int number,
                             std::map<int, int>& seen) {
    std::string path = parent.empty() ? "" : parent + ".";
    if (field == nullptr) return path + "field " + std::to_string(number);
    path += field->name();
    if (!field->is_repeated() || field->is_map()) return path;
    return path + "[" + std::to_string(seen[number]++) + "]";
  }

  static std::string near(std::size_t offset) { return ", at byte " + std::to_string(offset); }

  bool fail(const std::string& path, std::string description) {
    fault_ = WireFault{path, std::move(description)};
    return false;
  }

  std::optional<WireFault> fault_;
};

}  // namespace

std::optional<WireFault> find_wire_fault(const Descriptor& type, std::string_view bytes) {
  Walk walk;
  walk.message(&type, bytes, 0, "", 1);
  return std::move(walk).fault();
}

}  // namespace mt
