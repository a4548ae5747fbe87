#include "actors/state_schema.h"

#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace mt {
namespace {

namespace pb = google::protobuf;

// The schema of `State` in a file with these messages.
std::string schema_in(const std::string& messages) {
  pb::FileDescriptorProto file;
  file.set_name("state.proto");
  file.set_syntax("proto3");
  pb::DescriptorProto* state = file.add_message_type();
  state->set_name("State");
  const auto add = [](pb::DescriptorProto& to, const char* name, int number,
                      pb::FieldDescriptorProto::Type type) -> pb::FieldDescriptorProto& {
    pb::FieldDescriptorProto& field = *to.add_field();
    field.set_name(name);
    field.set_number(number);
    field.set_type(type);
    field.set_label(pb::FieldDescriptorProto::LABEL_OPTIONAL);
    return field;
  };
  using Field = pb::FieldDescriptorProto;
  add(*state, messages == "renamed" ? "sum" : "total", messages == "renumbered" ? 7 : 1,
      messages == "retyped" ? Field::TYPE_SINT64 : Field::TYPE_INT64);
  add(*state, "part", 2, Field::TYPE_MESSAGE).set_type_name(".Part");
  pb::DescriptorProto* part = file.add_message_type();
  part->set_name("Part");
  add(*part, "name", 1, messages == "inner" ? Field::TYPE_BYTES : Field::TYPE_STRING);
  // Goes round in a circle.
  add(*part, "whole", 2, Field::TYPE_MESSAGE).set_type_name(".State");
  pb::DescriptorProto* other = file.add_message_type();
  other->set_name("Other");
  add(*other, "name", messages == "unrelated" ? 5 : 1, Field::TYPE_STRING);
  pb::DescriptorPool pool;
  return state_schema(*pool.BuildFile(file)->FindMessageTypeByName("State"));
}

TEST(StateSchema, StaysTheSameForTheSameMessages) {
  EXPECT_EQ(schema_in("first"), schema_in("first"));
  EXPECT_EQ(schema_in("first").size(), 32u);
  EXPECT_EQ(schema_in("first"), schema_in("unrelated")) << "of which the state is not made";
}

TEST(StateSchema, ChangesWithWhatTheStateIsMadeOf) {
  std::set<std::string> schemas;
  for (const char* messages : {"first", "renamed", "renumbered", "retyped", "inner"}) {
    EXPECT_TRUE(schemas.insert(schema_in(messages)).second) << messages;
  }
}

}  // namespace
}  // namespace mt
