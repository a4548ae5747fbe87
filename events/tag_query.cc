#include "events/tag_query.h"

#include <google/protobuf/stubs/common.h>

#include <algorithm>

namespace mt {
namespace {

bool contains(const std::vector<std::string>& all, std::string_view wanted) {
  return std::ranges::find(all, wanted) != all.end();
}

bool matches(const TagQuery::Item& item, std::string_view type,
             const std::vector<std::string>& tags) {
  const auto is_there = [&](const std::string& tag) { return contains(tags, tag); };
  return item.takes(type) && std::ranges::all_of(item.tags, is_there);
}

Error bad_item(std::size_t index, const std::string& why) {
  return invalid_argument("item " + std::to_string(index + 1) + " of the tag query " + why);
}

Result<void> check_item(const TagQuery::Item& item, std::size_t index) {
  if (item.tags.empty()) return bad_item(index, "names no tag");
  for (const std::string& tag : item.tags) {
    if (const auto fault = fault_of_tag(tag)) return bad_item(index, "has a tag that " + *fault);
  }
  for (const std::string& type : item.types) {
    if (type.empty()) return bad_item(index, "has an event type that is empty");
  }
  return {};
}

}  // namespace

bool TagQuery::Item::takes(std::string_view type) const {
  return types.empty() || contains(types, type);
}

bool TagQuery::matches(std::string_view type, const std::vector<std::string>& tags) const {
  return std::ranges::any_of(items,
                             [&](const Item& item) { return mt::matches(item, type, tags); });
}

std::optional<std::string> fault_of_tag(std::string_view tag) {
  if (tag.empty()) return "is empty";
  if (tag.size() > kMaxTagBytes) {
    return "has " + std::to_string(tag.size()) + " bytes, " + std::to_string(kMaxTagBytes) +
           " are allowed";
  }
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (std::ranges::any_of(tag, is_control)) return "holds a control character";
  const auto size = static_cast<int>(tag.size());
  if (!google::protobuf::internal::IsStructurallyValidUTF8(tag.data(), size)) {
    return "is not valid UTF-8";
  }
  return std::nullopt;
}

Result<void> check_query(const TagQuery& query) {
  if (query.items.empty()) return invalid_argument("the tag query has no item");
  if (query.items.size() > kMaxQueryItems) {
    return bad_item(kMaxQueryItems,
                    "is one too many, " + std::to_string(kMaxQueryItems) + " are allowed");
  }
  std::size_t terms = 0;
  for (std::size_t i = 0; i < query.items.size(); ++i) {
    const TagQuery::Item& item = query.items[i];
    terms += item.tags.size() + item.types.size();
    if (terms >= kMaxQueryTerms) {
      return bad_item(i, "brings it to " + std::to_string(terms) + " tags and types, fewer than " +
                             std::to_string(kMaxQueryTerms) + " are allowed");
    }
    MT_CHECK_OK(check_item(item, i));
  }
  return {};
}

std::string to_string(const TagQuery::Item& item) {
  std::string text;
  for (const std::string& tag : item.tags) text += (text.empty() ? "" : " and ") + tag;
  return text;
}

}  // namespace mt
