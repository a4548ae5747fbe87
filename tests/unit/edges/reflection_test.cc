#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <set>

#include "bus/edges/reflection.h"
#include "grpc/reflection/v1/reflection.pb.h"
#include "tests/fixture/echo_edge.h"

namespace mt::tests::bus {
namespace {

using google::protobuf::FileDescriptorProto;
using grpc::reflection::v1::ServerReflectionRequest;
using grpc::reflection::v1::ServerReflectionResponse;
using testing::ElementsAre;
using testing::HasSubstr;

ServerReflectionRequest by_symbol(const std::string& symbol) {
  ServerReflectionRequest request;
  request.set_file_containing_symbol(symbol);
  return request;
}

ServerReflectionRequest by_filename(const std::string& name) {
  ServerReflectionRequest request;
  request.set_file_by_filename(name);
  return request;
}

std::vector<std::string> files_of(const ServerReflectionResponse& response) {
  std::vector<std::string> names;
  for (const auto& bytes : response.file_descriptor_response().file_descriptor_proto()) {
    FileDescriptorProto file;
    EXPECT_TRUE(file.ParseFromString(bytes));
    names.push_back(file.name());
  }
  return names;
}

class Reflecting : public testing::TestWithParam<const char*> {
 protected:
  ServerReflectionResponse ask(const ServerReflectionRequest& request) {
    EXPECT_TRUE(call.write(request.SerializeAsString()));
    ServerReflectionResponse response;
    EXPECT_TRUE(response.ParseFromString(call.read().value()));
    EXPECT_EQ(response.original_request().SerializeAsString(), request.SerializeAsString());
    return response;
  }

  EchoEdge edge;
  GenericCall call{edge.channel(), "grpc.reflection." + std::string(GetParam()) +
                                       ".ServerReflection/ServerReflectionInfo"};
};

INSTANTIATE_TEST_SUITE_P(Versions, Reflecting, testing::Values("v1", "v1alpha"),
                         [](const auto& version) { return std::string(version.param); });

TEST_P(Reflecting, ListsExactlyWhatIsServed) {
  ServerReflectionRequest request;
  request.set_list_services("");
  std::vector<std::string> services;
  const auto response = ask(request);
  for (const auto& service : response.list_services_response().service())
    services.push_back(service.name());
  EXPECT_THAT(services,
              ElementsAre("grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                          "grpc.reflection.v1alpha.ServerReflection", "mt.tests.bus.EchoService"));
}

TEST_P(Reflecting, GivesTheFileOfASymbolAndWhatItImports) {
  const auto files = files_of(ask(by_symbol("mt.tests.bus.EchoService")));
  ASSERT_FALSE(files.empty());
  EXPECT_EQ(files[0], "tests/proto/bus_methods.proto");
  EXPECT_THAT(files,
              testing::IsSupersetOf({"mt/api/v1/options.proto", "google/protobuf/descriptor.proto",
                                     "tests/proto/bus_rules.proto"}));
  EXPECT_EQ(std::set(files.begin(), files.end()).size(), files.size());
}

TEST_P(Reflecting, SendsNoImportTwiceOnOneStream) {
  ask(by_symbol("mt.tests.bus.EchoService"));
  EXPECT_THAT(files_of(ask(by_symbol("mt.tests.bus.EchoService.Ask"))),
              ElementsAre("tests/proto/bus_methods.proto"));
}

TEST_P(Reflecting, GivesFilesOfEveryListedService) {
  for (const char* service : {"grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                              "grpc.reflection.v1alpha.ServerReflection"})
    EXPECT_EQ(files_of(ask(by_symbol(service))).size(), 1u) << service;
  EXPECT_THAT(files_of(ask(by_filename("tests/proto/bus_rules.proto"))),
              testing::Contains("tests/proto/bus_rules.proto"));
}

TEST_P(Reflecting, FindsExtensions) {
  ServerReflectionRequest request;
  request.mutable_file_containing_extension()->set_containing_type("google.protobuf.MethodOptions");
  request.mutable_file_containing_extension()->set_extension_number(50001);
  EXPECT_EQ(files_of(ask(request)).at(0), "mt/api/v1/options.proto");
  request.set_all_extension_numbers_of_type("google.protobuf.FieldOptions");
  const auto all = ask(request).all_extension_numbers_response();
  EXPECT_EQ(all.base_type_name(), "google.protobuf.FieldOptions");
  EXPECT_THAT(all.extension_number(), testing::Contains(50002));
}

TEST_P(Reflecting, SaysWhatDoesNotExistAndGoesOn) {
  for (const auto& request : {by_symbol("a.B"), by_filename("a.proto")}) {
    const auto error = ask(request).error_response();
    EXPECT_EQ(error.error_code(), grpc::NOT_FOUND);
    EXPECT_THAT(error.error_message(), HasSubstr("nothing is known of 'a."));
  }
  ServerReflectionRequest request;
  request.set_all_extension_numbers_of_type("a.B");
  EXPECT_EQ(ask(request).error_response().error_code(), grpc::NOT_FOUND);
  request.mutable_file_containing_extension()->set_containing_type("a.B");
  EXPECT_EQ(ask(request).error_response().error_code(), grpc::NOT_FOUND);
  request.Clear();
  EXPECT_EQ(ask(request).error_response().error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_FALSE(files_of(ask(by_symbol("mt.tests.bus.Answer"))).empty());
  call.end_requests();
  EXPECT_FALSE(call.read());
  EXPECT_TRUE(call.finish().ok());
}

TEST_P(Reflecting, EndsAtBytesThatAreNoRequest) {
  ASSERT_TRUE(call.write("\x1a\x05x"));
  EXPECT_FALSE(call.read());
  EXPECT_EQ(call.finish().error_code(), grpc::INVALID_ARGUMENT);
}

TEST_P(Reflecting, EndsWhenTheEdgeStops) {
  ask(by_symbol("mt.tests.bus.Answer"));
  edge.edge().stop(std::chrono::hours(1));  // would wait for the client, who has no reason to go
  EXPECT_FALSE(call.read());
  EXPECT_FALSE(call.finish().ok());
}

TEST(Reflection, IsNotServedWhenItIsNotWanted) {
  GrpcSettings settings = EchoEdge::on_free_port();
  settings.reflection = false;
  EchoEdge edge(add_echo_methods, {}, std::move(settings));
  for (const std::string_view name : {Reflection::kV1, Reflection::kV1Alpha})
    EXPECT_EQ(call_unary(edge.channel(), std::string(name), "").status.error_code(),
              grpc::UNIMPLEMENTED);
  EXPECT_TRUE(edge.answers());
}

}  // namespace
}  // namespace mt::tests::bus
