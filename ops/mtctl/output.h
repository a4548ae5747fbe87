// Output: where a verb's data and notes go. Data to stdout in the form that was asked for, all else
// to stderr.
#pragma once

#include <google/protobuf/message.h>

#include <iosfwd>
#include <string>
#include <string_view>

#include "events/base/result.h"
#include "ops/mtctl/text_table.h"

namespace mt::mtctl {

enum class Format {
  kTable,   // for people
  kJson,    // one indented document
  kNdjson,  // one object a line
};

class Output {
 public:
  // `columns`: of the terminal that `data` is; 0: it is none.
  Output(Format format, std::ostream& data, std::ostream& notes, std::size_t columns)
      : format_(format), data_(data), notes_(notes), columns_(columns) {}

  Format format() const { return format_; }
  bool is_table() const { return format_ == Format::kTable; }

  void table(const TextTable& table);
  // A line for people, cut to the terminal's width.
  void line(std::string_view text);
  // One message, as JSON.
  void message(const google::protobuf::Message& message);
  // A response with a list: the whole in JSON, an element a line in NDJSON.
  template <typename Elements>
  void list(const google::protobuf::Message& whole, const Elements& elements) {
    if (format_ != Format::kNdjson) return message(whole);
    for (const auto& element : elements) message(element);
  }
  // The messages of a stream, between begin and end: one JSON array, or an object a line.
  void begin_array();
  void element(const google::protobuf::Message& message);
  void end_array();

  // A piece of a file, as it is. UNAVAILABLE when nobody takes it.
  Result<void> bytes(std::string_view piece);
  bool on_terminal() const { return columns_ > 0; }

  // For people, on stderr.
  void note(std::string_view text);
  std::ostream& notes() { return notes_; }

 private:
  const Format format_;
  std::ostream& data_;
  std::ostream& notes_;
  const std::size_t columns_;
  bool in_array_ = false;
  bool has_elements_ = false;
};

}  // namespace mt::mtctl
