#include "ops/runtime/data_set_file.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "bus/validation.h"
#include "mt/ops/v1/data_set.pb.h"
#include "ops/runtime/json_members.h"
#include "ops/runtime/line_reader.h"

namespace mt {
namespace {

constexpr std::size_t kLongestHeader = 64 << 10;
constexpr std::size_t kLongestCommand = 1 << 20;
constexpr std::size_t kLongestId = 64;

Error malformed(const LineReader& reader, const std::string& why) {
  return invalid_argument(reader.where() + ": " + why);
}

bool is_need(const std::string& need) {
  const std::size_t slash = need.find('/');
  return slash != std::string::npos && slash > 0 && slash + 1 < need.size() &&
         need.find('/', slash + 1) == std::string::npos;
}

Result<DataSet> to_data_set(const ops::v1::DataSetHeader& header) {
  MT_TRY(const Validator validator, Validator::compile(*header.GetDescriptor()));
  MT_CHECK_OK(validator.validate(header));
  for (const std::string& need : header.needs())
    if (!is_need(need)) return invalid_argument("needs: '" + need + "' is no module/set");
  DataSet set;
  set.module = {header.module()};
  set.name = header.set();
  set.title = header.title();
  set.attribution = header.attribution();
  set.demo = header.demo();
  set.commands = header.commands();
  set.needs.assign(header.needs().begin(), header.needs().end());
  return set;
}

// protobuf's further lines show where in the text it is wrong; the reason must fit in one.
std::string first_line(google::protobuf::StringPiece text) {
  const std::string all(text);
  return all.substr(0, all.find('\n'));
}

Result<DataSet> parse_header(std::string_view line) {
  ops::v1::DataSetHeader header;
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(line.data(), line.size()), &header);
  if (!status.ok())
    return invalid_argument("is no header of a set: " + first_line(status.message()));
  return to_data_set(header);
}

// The header, and the reader after it.
Result<DataSet> take_header(LineReader& reader, const std::filesystem::path& file) {
  MT_TRY(const auto line, reader.next(kLongestHeader));
  if (!line) return malformed(reader, "the file is empty; its first line is the set's header");
  auto header = parse_header(*line);
  if (!header) return malformed(reader, header.error().message);
  const std::string module = file.parent_path().filename().string();
  if (header->module.value != module || header->name != file.stem().string())
    return malformed(reader, "says it is " + header->module.value + "/" + header->name +
                                 ", but lies at " + module + "/" + file.filename().string());
  return header;
}

// Of ids and methods, which need no escapes.
Result<std::string> plain_string(const JsonMember& member) {
  std::string_view text = member.value;
  const bool quoted = text.size() >= 2 && text.front() == '"';
  if (quoted) text = text.substr(1, text.size() - 2);
  const bool plain = std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
  if (!quoted || text.empty() || !plain || text.find('\\') != std::string_view::npos)
    return invalid_argument("'" + std::string(member.name) +
                            "' must be a string of printable ASCII characters");
  return std::string(text);
}

Result<DataSetCommand> parse_command(std::string_view line) {
  MT_TRY(const auto members, json_members(line));
  DataSetCommand command;
  for (const JsonMember& member : members) {
    if (member.name == "id") {
      MT_TRY(command.id, plain_string(member));
    } else if (member.name == "method") {
      MT_TRY(command.method, plain_string(member));
    } else if (member.name == "request" && member.value.front() == '{') {
      command.request_json = member.value;
    } else if (member.name == "request") {
      return invalid_argument("'request' must be an object");
    } else {
      return invalid_argument("unknown member '" + std::string(member.name) +
                              "'; a command has id, method and request");
    }
  }
  if (command.id.empty() || command.method.empty() || command.request_json.empty())
    return invalid_argument("a command has id, method and request; one is missing");
  if (command.id.size() > kLongestId)
    return invalid_argument("the id has over " + std::to_string(kLongestId) + " characters");
  return command;
}

}  // namespace

Result<DataSet> read_data_set_header(const std::filesystem::path& file) {
  MT_TRY(LineReader reader, LineReader::open(file));
  return take_header(reader, file);
}

Result<void> read_data_set(const std::filesystem::path& file,
                           const std::function<Result<void>(DataSetCommand)>& visit) {
  MT_TRY(LineReader reader, LineReader::open(file));
  MT_TRY(const DataSet header, take_header(reader, file));
  for (std::uint64_t read = 0;; ++read) {
    MT_TRY(const auto line, reader.next(kLongestCommand));
    if (!line && read == header.commands) return {};
    if (!line || read == header.commands)
      return malformed(reader, "the header says " + std::to_string(header.commands) +
                                   " commands, the file has " + (line ? "more" : "fewer"));
    auto command = parse_command(*line);
    if (!command) return malformed(reader, command.error().message);
    command->line = reader.number();
    MT_CHECK_OK(visit(*std::move(command)));
  }
}

}  // namespace mt
