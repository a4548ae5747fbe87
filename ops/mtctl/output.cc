#include "ops/mtctl/output.h"

#include <ostream>

#include "ops/mtctl/json_text.h"
#include "ops/terminal/display_width.h"

namespace mt::mtctl {

void Output::table(const TextTable& table) {
  data_ << table.text(columns_);
  data_.flush();
}

void Output::line(std::string_view text) {
  data_ << (columns_ == 0 ? std::string(text) : fitted(text, columns_)) << "\n";
  data_.flush();
}

void Output::message(const google::protobuf::Message& message) {
  const std::string json = to_json(message);
  data_ << (format_ == Format::kNdjson ? json : indented(json)) << "\n";
  data_.flush();
}

void Output::begin_array() { in_array_ = format_ == Format::kJson; }

void Output::element(const google::protobuf::Message& message) {
  if (!in_array_) return this->message(message);
  data_ << (has_elements_ ? ",\n" : "[\n") << indented(to_json(message), 1);
  has_elements_ = true;
}

void Output::end_array() {
  if (!in_array_) return;
  data_ << (has_elements_ ? "\n]\n" : "[]\n");
  data_.flush();
  in_array_ = false;
}

Result<void> Output::bytes(std::string_view piece) {
  if (data_.write(piece.data(), static_cast<std::streamsize>(piece.size())).good()) return {};
  return unavailable("cannot write the output; is the disk full?");
}

void Output::note(std::string_view text) { notes_ << text << "\n" << std::flush; }

}  // namespace mt::mtctl
