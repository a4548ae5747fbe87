#include "ops/backup/ndjson.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include <utility>

#include "events/commit_body.h"
#include "events/record_codec.h"
#include "mt/ops/v1/backup.pb.h"

namespace mt {
namespace {

namespace pb = google::protobuf;
namespace v1 = ops::v1;

// A line that goes on for longer is none of ours.
constexpr std::size_t kLongestLine = std::size_t{128} << 20;

Result<void> write_line(const ByteSink& sink, const v1::LogLine& line) {
  pb::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  const auto printed = pb::util::MessageToJsonString(line, &text, options);
  if (!printed.ok()) return invalid_argument(printed.ToString());
  return sink(text + "\n");
}

Result<Hash> hash_of(const std::string& text) {
  const auto hash = hash_from_hex(text);
  if (!hash) return data_loss("a hash is not 64 hex digits: '" + text + "'");
  return *hash;
}

std::string place(const v1::LogRecord& record) {
  return "the record at position " + std::to_string(record.position()) + " of " + record.module() +
         "'s log";
}

// As the log stores it. DATA_LOSS when it is not what its hashes say.
Result<std::string> stored_bytes(const v1::LogRecord& line, const Anchor& reached) {
  if (line.module() != reached.module.value)
    return data_loss(place(line) + " stands in the log of " + reached.module.value);
  MT_TRY(const Hash previous, hash_of(line.previous_hash()));
  MT_TRY(const Hash hash, hash_of(line.hash()));
  if (previous != reached.hash)
    return data_loss(place(line) + " does not follow the one before it: that has the hash " +
                     to_hex(reached.hash) + ", it names " + line.previous_hash());
  auto record = parse_commit_body({line.position()}, line.commit().SerializeAsString());
  if (!record) return data_loss(place(line) + " is no commit");
  std::string stored = encode_record(*record, previous);
  if (record->hash != hash)
    return data_loss(place(line) + " is not what its hash is of: it has the hash " +
                     to_hex(record->hash) + ", not " + line.hash());
  return stored;
}

Result<void> take(const v1::LogLine& line, CheckedLogs& logs) {
  switch (line.line_case()) {
    case v1::LogLine::kBegins: {
      MT_TRY(const Hash previous, hash_of(line.begins().previous_hash()));
      return logs.begin({{line.begins().module()}, {line.begins().first()}, previous});
    }
    case v1::LogLine::kRecord: {
      MT_CHECK_OK(logs.expect_next({line.record().position()}));
      MT_TRY(const std::string stored, stored_bytes(line.record(), logs.reached()));
      return logs.take({line.record().position()}, stored);
    }
    case v1::LogLine::kEnds: {
      MT_TRY(const Hash hash, hash_of(line.ends().hash()));
      return logs.end(
          {{{line.ends().module()}, {line.ends().last()}, hash}, line.ends().records()});
    }
    case v1::LogLine::kComplete:
      return logs.finish(line.complete().logs());
    case v1::LogLine::LINE_NOT_SET:
      return data_loss("it says nothing");
  }
  return data_loss("it says nothing");
}

}  // namespace

Result<void> NdjsonWriter::begin(const LogBegin& log) {
  v1::LogLine line;
  line.mutable_begins()->set_module(log.module.value);
  line.mutable_begins()->set_first(log.first.value);
  line.mutable_begins()->set_previous_hash(to_hex(log.previous));
  reached_ = {log.module, {}, log.previous};
  ++logs_;
  return write_line(sink_, line);
}

Result<void> NdjsonWriter::take(const CommitRecord& record, std::string_view) {
  v1::LogLine line;
  v1::LogRecord& shown = *line.mutable_record();
  shown.set_module(reached_.module.value);
  shown.set_position(record.first.value);
  shown.set_previous_hash(to_hex(reached_.hash));
  shown.set_hash(to_hex(record.hash));
  const auto at =
      pb::util::TimeUtil::NanosecondsToTimestamp(record.time.time_since_epoch().count());
  shown.set_time(pb::util::TimeUtil::ToString(at));
  std::string body;
  append_commit_body(record, body);
  reached_.hash = record.hash;
  if (!shown.mutable_commit()->ParseFromString(body))
    return invalid_argument(place(shown) +
                            " holds a text that is not UTF-8, which JSON cannot say; export it as "
                            "binary");
  return write_line(sink_, line);
}

Result<void> NdjsonWriter::end(const LogEnd& log) {
  v1::LogLine line;
  line.mutable_ends()->set_module(log.end.module.value);
  line.mutable_ends()->set_last(log.end.position.value);
  line.mutable_ends()->set_hash(to_hex(log.end.hash));
  line.mutable_ends()->set_records(log.records);
  return write_line(sink_, line);
}

Result<void> NdjsonWriter::finish() {
  v1::LogLine line;
  line.mutable_complete()->set_logs(logs_);
  return write_line(sink_, line);
}

Result<void> NdjsonParser::feed(std::string_view bytes) {
  for (;;) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) break;
    waiting_ += bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    ++line_;
    auto read_one = read(waiting_);
    waiting_.clear();
    if (read_one) continue;
    Error error = std::move(read_one).error();
    if (error.code == Code::kDataLoss)
      error.message = "line " + std::to_string(line_) + ": " + error.message;
    return error;
  }
  waiting_ += bytes;
  if (waiting_.size() > kLongestLine) return data_loss("this is no NDJSON of logs");
  return {};
}

Result<void> NdjsonParser::read(std::string_view text) {
  v1::LogLine line;
  const auto parsed = pb::util::JsonStringToMessage({text.data(), text.size()}, &line);
  if (!parsed.ok()) return data_loss("it is no line of a log: " + parsed.ToString());
  return mt::take(line, logs_);
}

Result<void> NdjsonParser::finish() {
  if (!waiting_.empty())
    return data_loss("the file is cut short within line " + std::to_string(line_ + 1));
  return logs_.stop();
}

}  // namespace mt
