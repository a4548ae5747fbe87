#include "actors/state_schema.h"

#include <google/protobuf/descriptor.pb.h>

#include <set>
#include <string_view>

#include "events/base/ids.h"
#include "events/crypto/blake2b.h"

namespace mt {
namespace {

namespace pb = google::protobuf;

// A message says of its fields what their types are called; those are added once each.
class Schema {
 public:
  void add(const pb::Descriptor& message) {
    if (!seen_.insert(message.full_name()).second) return;
    pb::DescriptorProto described;
    message.CopyTo(&described);
    // What is nested counts when a field is of it.
    described.clear_nested_type();
    described.clear_enum_type();
    hash_.add(message.full_name() + described.SerializeAsString());
    for (int i = 0; i < message.field_count(); ++i) {
      if (const auto* type = message.field(i)->message_type()) add(*type);
      if (const auto* type = message.field(i)->enum_type()) add(*type);
    }
  }

  std::string finish() { return to_hex(hash_.finish()).substr(0, 32); }

 private:
  void add(const pb::EnumDescriptor& type) {
    if (!seen_.insert(type.full_name()).second) return;
    pb::EnumDescriptorProto described;
    type.CopyTo(&described);
    hash_.add(type.full_name() + described.SerializeAsString());
  }

  Blake2b256 hash_;
  std::set<std::string> seen_;
};

}  // namespace

std::string state_schema(const pb::Descriptor& state) {
  Schema schema;
  schema.add(state);
  return schema.finish();
}

}  // namespace mt
