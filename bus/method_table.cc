#include "bus/method_table.h"

#include <algorithm>

namespace mt {
namespace {

Error wrong_method(const Method& method, const std::string& why) {
  return failed_precondition("method " + method.name() + ": " + why);
}

// A command or query is one message each way, a watch is answered by a stream; the handler is of
// the same kind.
Result<void> check_shape(const Method& method) {
  const Kind kind = method.rule().kind();
  if (kind == Kind::KIND_UNSPECIFIED || !api::v1::Kind_IsValid(kind))
    return wrong_method(method,
                        "no kind; set KIND_COMMAND, KIND_QUERY or KIND_WATCH in "
                        "option (mt.api.v1.method)");
  const bool watch = kind == Kind::KIND_WATCH;
  if (method.descriptor->client_streaming())
    return wrong_method(method, "streams of requests are not supported");
  if (watch != method.descriptor->server_streaming())
    return wrong_method(method, watch ? "KIND_WATCH needs 'returns (stream …)'"
                                      : "only KIND_WATCH may be answered by a stream");
  const bool fits = watch ? method.stream && !method.unary : method.unary && !method.stream;
  if (!fits)
    return wrong_method(method, watch
                                    ? "a watch needs a stream handler and no unary one"
                                    : "a command or query needs a unary handler and no stream one");
  return {};
}

Result<void> check_entity(const Method& method) {
  const MethodRule& rule = method.rule();
  if (rule.entity_id().empty())
    return rule.creates() ? wrong_method(method, "'creates' needs entity_id") : Result<void>();
  if (rule.kind() != Kind::KIND_COMMAND)
    return wrong_method(method, "only commands have an entity_id");
  if (auto field = request_field(*method.descriptor, "option entity_id", rule.entity_id()); !field)
    return std::move(field).error();
  return {};
}

}  // namespace

Result<void> MethodTable::add(Method method) {
  if (method.descriptor == nullptr) return failed_precondition("a method without a descriptor");
  MT_CHECK_OK(check_shape(method));
  MT_CHECK_OK(check_entity(method));
  auto entry = std::make_shared<MethodEntry>();
  MT_TRY(entry->access, Access::compile(*method.descriptor));
  MT_TRY(entry->validator, Validator::compile(*method.descriptor->input_type()));
  entry->name = method.name();
  entry->kind = method.rule().kind();
  entry->prototype = google::protobuf::MessageFactory::generated_factory()->GetPrototype(
      method.descriptor->input_type());
  if (entry->prototype == nullptr)
    return wrong_method(method, "its request type is not compiled into this program");
  const auto [at, added] = entries_.try_emplace(entry->name);
  if (!added)
    return already_exists("method " + entry->name + " is offered by module " +
                          at->second->method.module.value + " and again by " + method.module.value);
  entry->method = std::move(method);
  at->second = std::move(entry);
  return {};
}

std::shared_ptr<const MethodEntry> MethodTable::find(std::string_view name) const {
  const auto at = entries_.find(name);
  return at == entries_.end() ? nullptr : at->second;
}

std::vector<const Method*> MethodTable::by_name() const {
  std::vector<const MethodEntry*> entries;
  for (const auto& [name, entry] : entries_) entries.push_back(entry.get());
  std::ranges::sort(entries, {}, &MethodEntry::name);
  std::vector<const Method*> methods;
  for (const MethodEntry* entry : entries) methods.push_back(&entry->method);
  return methods;
}

}  // namespace mt
