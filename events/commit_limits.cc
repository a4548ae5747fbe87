#include "events/commit_limits.h"

#include <google/protobuf/stubs/common.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace mt {
namespace {

// What length prefixes and tags of one part take at most.
constexpr std::size_t kFrameBytes = 12;

Error bad_part(const std::string& part, const std::string& why) {
  return invalid_argument("the commit's " + part + " " + why);
}

// By protobuf's own judgement: its reader refuses a whole message for one bad text in it, its
// writer does not.
bool is_text(std::string_view text) {
  return google::protobuf::internal::IsStructurallyValidUTF8(text.data(),
                                                             static_cast<int>(text.size()));
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7e; });
}

Result<void> check_text(const char* part, std::string_view text) {
  if (!is_text(text)) return bad_part(part, "is not valid UTF-8");
  return {};
}

// A part of a key: a zero byte ends it there.
Result<void> check_key_part(const char* part, std::string_view text) {
  if (text.empty()) return bad_part(part, "is empty");
  if (text.find('\0') != std::string_view::npos) return bad_part(part, "holds a zero byte");
  return check_text(part, text);
}

Result<void> check_command(const CommandRef& command) {
  const std::string& id = command.id.value;
  if (command.keyed && id.empty()) return bad_part("command id", "is empty");
  if (id.size() > kMaxCommandIdBytes) {
    return bad_part("command id", "has " + std::to_string(id.size()) + " bytes, " +
                                      std::to_string(kMaxCommandIdBytes) + " are allowed");
  }
  if (!is_printable(id)) return bad_part("command id", "holds more than printable ASCII");
  return check_text("reply type", command.reply_type);
}

Result<void> check_origin(const Origin& origin) {
  MT_CHECK_OK(check_text("actor", origin.actor));
  MT_CHECK_OK(check_text("impersonator", origin.impersonator));
  MT_CHECK_OK(check_text("correlation", origin.correlation));
  return check_text("causation", origin.causation);
}

Result<void> check_event(const StoredEvent& event) {
  if (event.type.empty()) return bad_part("event type", "is empty");
  MT_CHECK_OK(check_text("event type", event.type));
  if (event.tags.size() > kMaxEventTags) {
    return bad_part("event " + event.type, "has " + std::to_string(event.tags.size()) + " tags, " +
                                               std::to_string(kMaxEventTags) + " are allowed");
  }
  for (const std::string& tag : event.tags) {
    if (const auto fault = fault_of_tag(tag)) return bad_part("event tag", *fault);
  }
  return check_text("event subject", event.subject);
}

Result<void> check_claims(const std::vector<Claim>& claims) {
  for (const Claim& claim : claims) {
    MT_CHECK_OK(check_key_part("claim scope", claim.scope));
    MT_CHECK_OK(check_text("claim value", claim.value));
  }
  return {};
}

std::size_t size_of(const std::vector<Claim>& claims) {
  std::size_t bytes = 0;
  for (const Claim& claim : claims) {
    bytes += claim.scope.size() + claim.value.size() + kFrameBytes;
  }
  return bytes;
}

std::size_t size_of(const StoredEvent& event) {
  std::size_t bytes = event.type.size() + event.payload.size() + event.subject.size() +
                      event.sealed.size() + kFrameBytes;
  for (const std::string& tag : event.tags) bytes += tag.size() + kFrameBytes;
  return bytes;
}

}  // namespace

std::size_t size_of(const Commit& commit) {
  const CommandRef& command = commit.command;
  const Origin& origin = commit.origin;
  std::size_t bytes = commit.stream.category.size() + commit.stream.id.size() +
                      command.id.value.size() + command.reply_type.size() + command.reply.size() +
                      origin.actor.size() + origin.impersonator.size() + origin.correlation.size() +
                      origin.causation.size();
  for (const StoredEvent& event : commit.events) bytes += size_of(event);
  return bytes + size_of(commit.taken) + size_of(commit.released);
}

Result<void> check_limits(const Commit& commit) {
  if (const std::size_t bytes = size_of(commit); bytes > kMaxCommitBytes) {
    return invalid_argument("the command writes " + std::to_string(bytes) + " bytes at once, " +
                            std::to_string(kMaxCommitBytes) + " are possible; split it");
  }
  MT_CHECK_OK(check_key_part("stream category", commit.stream.category));
  MT_CHECK_OK(check_key_part("stream id", commit.stream.id));
  MT_CHECK_OK(check_command(commit.command));
  MT_CHECK_OK(check_origin(commit.origin));
  for (const StoredEvent& event : commit.events) MT_CHECK_OK(check_event(event));
  MT_CHECK_OK(check_claims(commit.taken));
  MT_CHECK_OK(check_claims(commit.released));
  return commit.condition ? check_query(commit.condition->query) : Result<void>();
}

}  // namespace mt
