// What a stranger may send to a running container: each gets its proper status, changes nothing,
// and leaves the server answering.
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "ops/client/client.h"
#include "sys/accounts/v1/accounts.pb.h"
#include "sys/core/v1/core.pb.h"
#include "sys/timespace/v1/places.pb.h"
#include "tests/scenario/container.h"

namespace mt::test {
namespace {

namespace places = sys::timespace::v1;

const std::string kPlaces = "sys.timespace.v1.PlaceService/";

places::RegisterPlaceRequest place(const std::string& id, const std::string& name) {
  places::RegisterPlaceRequest request;
  request.set_place_id(id);
  request.set_name(name);
  request.set_country_code("DE");
  request.set_latitude(52.5);
  request.set_longitude(13.4);
  return request;
}

// One container for all of them: the point is that it goes on.
class BadCalls : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    container_ = new Container();
    // The last event that a container writes of itself.
    container_->process().wait_for_line("setup token=");
    for (const std::string name : {"berlin", "bern", "bergen"}) {
      CallOptions options;
      options.idempotency_key = "bad-calls/" + name;
      const auto put = here().call<places::RegisterPlaceResponse>(kPlaces + "RegisterPlace",
                                                                  place(name, name), options);
      ASSERT_TRUE(put) << put.error().message;
    }
  }
  static void TearDownTestSuite() {
    container_->stop();
    delete container_;
    container_ = nullptr;
  }

  void SetUp() override { head_ = head(); }
  void TearDown() override {
    EXPECT_EQ(head(), head_) << "a refused call wrote an event";
    const auto found = stranger().call<places::FindPlacesResponse>(kPlaces + "Find", prefix("ber"));
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->places_size(), 3);
  }

  static Client here() { return Client::connect("unix:" + container_->socket().string()); }
  static Client stranger(std::string token = {}) {
    ClientOptions options;
    options.token = std::move(token);
    return Client::connect(container_->server(), std::move(options));
  }
  static places::FindPlacesRequest prefix(const std::string& name) {
    places::FindPlacesRequest request;
    request.set_name_prefix(name);
    return request;
  }
  static std::uint64_t head() {
    const auto status = here().call<sys::core::v1::GetStatusResponse>(
        "sys.core.v1.StatusService/GetStatus", sys::core::v1::GetStatusRequest());
    EXPECT_TRUE(status) << status.error().message;
    std::uint64_t sum = 0;
    for (const auto& module : status->modules()) sum += module.log_head();
    return sum;
  }

  static Error refusal(const Client& client, const std::string& method,
                       const google::protobuf::Message& request, const CallOptions& options = {}) {
    return refusal(client, method, request.SerializeAsString(), options);
  }
  static Error refusal(const Client& client, const std::string& method, std::string_view bytes,
                       const CallOptions& options = {}) {
    auto answer = client.call(method, bytes, options);
    EXPECT_FALSE(answer) << method << " was not refused";
    return answer ? Error{Code::kOk, ""} : answer.error();
  }
  static void expect_names(const Error& error, const std::string& field) {
    EXPECT_EQ(error.code, Code::kInvalidArgument) << error.message;
    ASSERT_FALSE(error.violations.empty()) << error.message;
    EXPECT_EQ(error.violations.front().field, field);
  }

 private:
  static inline Container* container_ = nullptr;
  std::uint64_t head_ = 0;
};

TEST_F(BadCalls, OfMalformedBytesAreRefused) {
  for (const std::string& bytes : {std::string("\xff\xff\xff\xff"), std::string("\x0a\x7f short"),
                                   std::string(1000, '\x80')}) {
    EXPECT_EQ(refusal(stranger(), kPlaces + "Find", bytes).code, Code::kInvalidArgument);
  }
}

TEST_F(BadCalls, OfUnknownMethodsAreRefused) {
  for (const char* method : {"sys.timespace.v1.PlaceService/Destroy", "no.such.Service/Method", "x",
                             "sys.timespace.v1.PlaceService/"}) {
    EXPECT_EQ(refusal(stranger(), method, std::string_view()).code, Code::kUnimplemented) << method;
  }
}

TEST_F(BadCalls, WithoutATokenAreRefusedWhereOneIsNeeded) {
  EXPECT_EQ(refusal(stranger(), kPlaces + "RegisterPlace", place("x", "X")).code,
            Code::kUnauthenticated);
  EXPECT_EQ(
      refusal(stranger(), "sys.core.v1.StatusService/GetStatus", sys::core::v1::GetStatusRequest())
          .code,
      Code::kUnauthenticated);
}

TEST_F(BadCalls, WithAWrongTokenAreRefusedEverywhere) {
  for (const char* token : {"garbage", "a.b.c", "eyJhbGciOiJub25lIn0.e30."}) {
    EXPECT_EQ(refusal(stranger(token), kPlaces + "Find", prefix("b")).code, Code::kUnauthenticated);
  }
}

// Long ago: gRPC rounds a deadline up to a whole millisecond, in which a call may be answered. And
// a query: a command may take effect on its way though its client has given up.
TEST_F(BadCalls, WhoseDeadlineHasPassedAreRefused) {
  CallOptions options;
  options.deadline = -std::chrono::seconds(1);
  EXPECT_EQ(refusal(stranger(), kPlaces + "Find", prefix("ber"), options).code,
            Code::kDeadlineExceeded);
}

TEST_F(BadCalls, ThatAreTooLargeAreRefused) {
  EXPECT_EQ(refusal(stranger(), kPlaces + "Find", std::string(2 << 20, 'x')).code,
            Code::kResourceExhausted);
}

TEST_F(BadCalls, OfInvalidUtf8AreRefused) {
  // Field 1, a string, that holds a lone continuation byte.
  const Error error = refusal(stranger(), kPlaces + "Find",
                              std::string("\x0a\x03"
                                          "ab\x80"));
  EXPECT_EQ(error.code, Code::kInvalidArgument);
  EXPECT_NE(error.message.find("name_prefix"), std::string::npos) << error.message;
}

TEST_F(BadCalls, OfImpossiblePointsAreNamed) {
  places::FindNearestRequest request;
  request.set_latitude(200);
  request.set_longitude(0);
  expect_names(refusal(stranger(), kPlaces + "FindNearest", request), "latitude");
  request.clear_latitude();
  expect_names(refusal(stranger(), kPlaces + "FindNearest", request), "latitude");
  request.set_latitude(0);
  request.set_longitude(std::numeric_limits<double>::quiet_NaN());
  expect_names(refusal(stranger(), kPlaces + "FindNearest", request), "longitude");
}

TEST_F(BadCalls, OfEmptyAndEndlessNamesAreNamed) {
  expect_names(refusal(here(), kPlaces + "RegisterPlace", place("empty", "")), "name");
  expect_names(refusal(here(), kPlaces + "RegisterPlace", place("long", std::string(10'000, 'x'))),
               "name");
  expect_names(refusal(stranger(), kPlaces + "Find", prefix(std::string(10'000, 'x'))),
               "name_prefix");
}

TEST_F(BadCalls, WithPageTokensOfOtherQueriesAreNamed) {
  auto request = prefix("ber");
  request.set_page_size(1);
  const auto first = stranger().call<places::FindPlacesResponse>(kPlaces + "Find", request);
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_NE(first->next_page_token(), "");

  auto other = prefix("bern");
  other.set_page_token(first->next_page_token());
  expect_names(refusal(stranger(), kPlaces + "Find", other), "page_token");
  places::ListPlacesRequest list;
  list.set_page_token(first->next_page_token());
  expect_names(refusal(stranger(), kPlaces + "List", list), "page_token");
}

TEST_F(BadCalls, WithCorruptPageTokensAreNamed) {
  auto request = prefix("ber");
  request.set_page_size(1);
  const auto first = stranger().call<places::FindPlacesResponse>(kPlaces + "Find", request);
  ASSERT_TRUE(first) << first.error().message;
  std::string changed = first->next_page_token();
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
  for (const std::string& token : {changed, std::string("?"), std::string(900, 'A')}) {
    request.set_page_token(token);
    expect_names(refusal(stranger(), kPlaces + "Find", request), "page_token");
  }
}

TEST_F(BadCalls, WithTheCommandIdOfAnotherRequestAreRefused) {
  CallOptions options;
  options.idempotency_key = "bad-calls/berlin";
  for (const char* id : {"berlin", "elsewhere"}) {
    const Error error = refusal(here(), kPlaces + "RegisterPlace", place(id, "Other"), options);
    EXPECT_EQ(error.code, Code::kAlreadyExists) << error.message;
    EXPECT_NE(error.message.find("bad-calls/berlin"), std::string::npos) << error.message;
  }
}

TEST_F(BadCalls, WithABadCommandIdAreNamed) {
  CallOptions options;
  options.idempotency_key = std::string(200, 'k');
  expect_names(refusal(here(), kPlaces + "RegisterPlace", place("y", "Y"), options),
               "idempotency-key");
}

}  // namespace
}  // namespace mt::test
