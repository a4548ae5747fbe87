#include "ops/client/remote_schema.h"

#include <algorithm>

#include "grpc/reflection/v1/reflection.pb.h"

namespace mt {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using Request = grpc::reflection::v1::ServerReflectionRequest;
using Response = grpc::reflection::v1::ServerReflectionResponse;

constexpr char kMethod[] = "grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

Error explain(Error error) {
  if (error.code == Code::kUnimplemented)
    error.message = "the server does not serve reflection, which is needed to know its methods";
  return error;
}

// One request, one answer, though the method could carry several.
Result<Response> ask(const Client& client, const Request& request) {
  Response answer;
  CallOptions options;
  options.deadline = std::chrono::seconds(10);
  auto ended = client.watch<Response>(
      kMethod, request,
      [&](const Response& response) {
        answer = response;
        return true;
      },
      options);
  if (!ended) return explain(std::move(ended).error());
  if (answer.has_error_response())
    return Error{static_cast<Code>(answer.error_response().error_code()),
                 answer.error_response().error_message()};
  return answer;
}

class FirstError final : public google::protobuf::DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string& file, const std::string& element,
                const google::protobuf::Message*, ErrorLocation,
                const std::string& message) override {
    if (text.empty()) text = file + ": " + element + ": " + message;
  }
  std::string text;
};

std::string names_of_methods(const ServiceDescriptor& service) {
  std::string names;
  for (int i = 0; i < service.method_count(); ++i)
    names += (i == 0 ? "" : ", ") + service.method(i)->name();
  return names;
}

}  // namespace

Result<std::vector<std::string>> RemoteSchema::services() {
  Request request;
  request.set_list_services("*");
  MT_TRY(const Response response, ask(client_, request));
  std::vector<std::string> names;
  for (const auto& service : response.list_services_response().service())
    names.push_back(service.name());
  std::ranges::sort(names);
  return names;
}

Result<const ServiceDescriptor*> RemoteSchema::service(const std::string& name) {
  if (const auto* known = pool_.FindServiceByName(name)) return known;
  MT_CHECK_OK(load_symbol(name));
  for (const auto& [file, proto] : files_) {
    MT_TRY(const FileDescriptor* built, build(file));
    (void)built;
  }
  if (const auto* found = pool_.FindServiceByName(name)) return found;
  return not_found("'" + name + "' is no service");
}

Result<const MethodDescriptor*> RemoteSchema::method(const std::string& name) {
  const std::size_t slash = name.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == name.size())
    return invalid_argument("'" + name + "' is no method: it is named package.Service/Method");
  MT_TRY(const ServiceDescriptor* owner, service(name.substr(0, slash)));
  if (const auto* found = owner->FindMethodByName(name.substr(slash + 1))) return found;
  return not_found(owner->full_name() + " has no method '" + name.substr(slash + 1) + "'; it has " +
                   names_of_methods(*owner));
}

std::unique_ptr<google::protobuf::Message> RemoteSchema::make(
    const google::protobuf::Descriptor& type) {
  return std::unique_ptr<google::protobuf::Message>(factory_.GetPrototype(&type)->New());
}

// A server sends a file with all that it imports.
Result<void> RemoteSchema::load_symbol(const std::string& symbol) {
  Request request;
  request.set_file_containing_symbol(symbol);
  MT_TRY(const Response response, ask(client_, request));
  for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
    FileDescriptorProto file;
    if (!file.ParseFromString(bytes)) return internal("the server's reflection is malformed");
    std::string name = file.name();
    files_.emplace(std::move(name), std::move(file));
  }
  return {};
}

Result<const FileDescriptor*> RemoteSchema::build(const std::string& file) {
  if (const auto* built = pool_.FindFileByName(file)) return built;
  const auto proto = files_.find(file);
  if (proto == files_.end()) return internal("the server's reflection lacks the file " + file);
  for (const std::string& import : proto->second.dependency()) {
    MT_TRY(const FileDescriptor* imported, build(import));
    (void)imported;
  }
  FirstError errors;
  if (const auto* built = pool_.BuildFileCollectingErrors(proto->second, &errors)) return built;
  return internal("the server's reflection does not fit together: " + errors.text);
}

}  // namespace mt
