#include "ops/client/remote_schema.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "tests/unit/client/echo_node.h"

namespace mt {
namespace {

using testing::Contains;
using testing::HasSubstr;

class RemoteSchemaTest : public testing::Test {
 protected:
  EchoNode node_;
  Client client_ = Client::connect(node_.port_target());
  RemoteSchema schema_{client_};
};

TEST_F(RemoteSchemaTest, ListsTheServices) {
  const auto services = schema_.services();
  ASSERT_TRUE(services) << services.error().message;
  EXPECT_THAT(*services, Contains("mt.tests.client.EchoService"));
  EXPECT_THAT(*services, Contains("grpc.health.v1.Health"));
}

TEST_F(RemoteSchemaTest, CallsAMethodWithMessagesItLearnt) {
  const auto found = schema_.method("mt.tests.client.EchoService/Echo");
  ASSERT_TRUE(found) << found.error().message;
  const auto& method = **found;
  const auto request = schema_.make(*method.input_type());
  const std::string json = R"({"text":"Grüße","number":7})";
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, request.get()).ok());
  const auto bytes = client_.call("mt.tests.client.EchoService/Echo", request->SerializeAsString());
  ASSERT_TRUE(bytes) << bytes.error().message;
  const auto response = schema_.make(*method.output_type());
  ASSERT_TRUE(response->ParseFromString(*bytes));
  EXPECT_EQ(response->DebugString(), "text: \"Gr\\303\\274\\303\\237e\"\nnumber: 7\n");
}

TEST_F(RemoteSchemaTest, SharesNothingWithTheMessagesBuiltIn) {
  const auto found = schema_.service("mt.tests.client.EchoService");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_NE((*found)->file()->pool(), google::protobuf::DescriptorPool::generated_pool());
  EXPECT_EQ((*found)->method_count(), 6);
}

TEST_F(RemoteSchemaTest, LearnsServicesOneAfterTheOther) {
  ASSERT_TRUE(schema_.service("grpc.health.v1.Health"));
  ASSERT_TRUE(schema_.service("mt.tests.client.EchoService"));
  ASSERT_TRUE(schema_.service("grpc.health.v1.Health"));
}

TEST_F(RemoteSchemaTest, NamesTheMethodsThereAre) {
  const auto found = schema_.method("mt.tests.client.EchoService/Ecko");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::kNotFound);
  EXPECT_THAT(found.error().message, HasSubstr("it has Echo, Store, Guarded"));
}

TEST_F(RemoteSchemaTest, TellsAnUnknownServiceFromAMalformedName) {
  EXPECT_EQ(schema_.method("no.such.Service/Method").error().code, Code::kNotFound);
  EXPECT_EQ(schema_.method("mt.tests.client.EchoRequest/Echo").error().code, Code::kNotFound);
  for (const auto* name : {"Echo", "/Echo", "mt.tests.client.EchoService/", ""})
    EXPECT_EQ(schema_.method(name).error().code, Code::kInvalidArgument) << name;
}

}  // namespace
}  // namespace mt
