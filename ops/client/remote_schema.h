// RemoteSchema: the services and messages of a node, as its reflection tells them, so that any of
// its methods can be called with messages that this program was not built with. One thread.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "events/base/result.h"
#include "ops/client/client.h"

namespace mt {

class RemoteSchema {
 public:
  // The client outlives the schema.
  explicit RemoteSchema(const Client& client) : client_(client) {}

  // By full name, sorted.
  Result<std::vector<std::string>> services();
  // NOT_FOUND when the node has no such service.
  Result<const google::protobuf::ServiceDescriptor*> service(const std::string& name);
  // Of "package.Service/Method". INVALID_ARGUMENT when it has not this form; NOT_FOUND naming the
  // methods there are when the service lacks it.
  Result<const google::protobuf::MethodDescriptor*> method(const std::string& name);
  // An empty message of a type that this schema gave.
  std::unique_ptr<google::protobuf::Message> make(const google::protobuf::Descriptor& type);

 private:
  Result<void> load_symbol(const std::string& symbol);
  Result<const google::protobuf::FileDescriptor*> build(const std::string& file);

  const Client& client_;
  std::map<std::string, google::protobuf::FileDescriptorProto> files_;  // loaded, by name
  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_{&pool_};
};

}  // namespace mt
