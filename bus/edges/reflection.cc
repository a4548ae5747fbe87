#include "bus/edges/reflection.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "bus/text_format.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"

namespace mt {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using Request = Reflection::Request;
using Response = Reflection::Response;

constexpr int kInvalidArgument = 3;
constexpr int kNotFound = 5;

const DescriptorPool& pool() { return *DescriptorPool::generated_pool(); }

void set_error(Response& response, int code, const std::string& message) {
  response.mutable_error_response()->set_error_code(code);
  response.mutable_error_response()->set_error_message(message);
}

void add_file(Response& response, const FileDescriptor& file) {
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  proto.SerializeToString(response.mutable_file_descriptor_response()->add_file_descriptor_proto());
}

void send_file(Response& response, const FileDescriptor* file, const std::string& asked,
               Reflection::Sent& sent) {
  if (file == nullptr)
    return set_error(response, kNotFound, "nothing is known of '" + shortened(asked, 200) + "'");
  add_file(response, *file);
  sent.insert(file->name());
  std::deque<const FileDescriptor*> open = {file};
  for (; !open.empty(); open.pop_front()) {
    for (int i = 0; i < open.front()->dependency_count(); ++i) {
      const FileDescriptor* const import = open.front()->dependency(i);
      if (!sent.insert(import->name()).second) continue;
      add_file(response, *import);
      open.push_back(import);
    }
  }
}

const FileDescriptor* file_of_extension(const Request& request) {
  const auto& asked = request.file_containing_extension();
  const Descriptor* const type = pool().FindMessageTypeByName(asked.containing_type());
  if (type == nullptr) return nullptr;
  const FieldDescriptor* const extension =
      pool().FindExtensionByNumber(type, asked.extension_number());
  return extension == nullptr ? nullptr : extension->file();
}

void list_extensions(Response& response, const std::string& name) {
  const Descriptor* const type = pool().FindMessageTypeByName(name);
  if (type == nullptr)
    return set_error(response, kNotFound, "no message type '" + shortened(name, 200) + "'");
  std::vector<const FieldDescriptor*> extensions;
  pool().FindAllExtensions(type, &extensions);
  auto& answer = *response.mutable_all_extension_numbers_response();
  answer.set_base_type_name(type->full_name());
  for (const FieldDescriptor* extension : extensions)
    answer.add_extension_number(extension->number());
  std::ranges::sort(*answer.mutable_extension_number());
}

std::string extension_name(const Request& request) {
  return request.file_containing_extension().containing_type() + ":" +
         std::to_string(request.file_containing_extension().extension_number());
}

}  // namespace

// Naming a type of the older version keeps its file in the program, so that it can be reflected
// too.
Reflection::Reflection(std::set<std::string> services) : services_(std::move(services)) {
  grpc::reflection::v1alpha::ServerReflectionRequest::descriptor();
}

Response Reflection::answer(const Request& request, Sent& sent) const {
  Response response;
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  switch (request.message_request_case()) {
    case Request::kFileByFilename: {
      const std::string& name = request.file_by_filename();
      send_file(response, pool().FindFileByName(name), name, sent);
      break;
    }
    case Request::kFileContainingSymbol: {
      const std::string& symbol = request.file_containing_symbol();
      send_file(response, pool().FindFileContainingSymbol(symbol), symbol, sent);
      break;
    }
    case Request::kFileContainingExtension:
      send_file(response, file_of_extension(request), extension_name(request), sent);
      break;
    case Request::kAllExtensionNumbersOfType:
      list_extensions(response, request.all_extension_numbers_of_type());
      break;
    case Request::kListServices:
      list_services(response);
      break;
    case Request::MESSAGE_REQUEST_NOT_SET:
      set_error(response, kInvalidArgument, "the request asks for nothing");
      break;
  }
  return response;
}

void Reflection::list_services(Response& response) const {
  auto& list = *response.mutable_list_services_response();
  for (const std::string& service : services_) list.add_service()->set_name(service);
}

}  // namespace mt
