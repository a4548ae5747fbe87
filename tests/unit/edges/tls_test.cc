#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/fixture/echo_edge.h"
#include "tests/fixture/process.h"
#include "tests/fixture/temp_folder.h"

namespace mt::tests::bus {
namespace {

struct Certificate {
  std::string certificate;
  std::string key;
};

std::string content(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// A certificate that vouches for itself.
Certificate make_certificate(const std::string& name) {
  const test::TempFolder folder;
  const auto key = folder.path() / "key.pem", certificate = folder.path() / "certificate.pem";
  const auto made = test::run(
      {"/usr/bin/openssl",
       {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc",
        "-days", "2", "-subj", "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
        key.string(), "-out", certificate.string()}});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  return {content(certificate), content(key)};
}

GrpcSettings settings_with(const Certificate& server, const std::string& client_ca = "") {
  GrpcSettings settings = EchoEdge::on_free_port();
  settings.tls = std::make_unique<GrpcTls>(GrpcTls{server.certificate, server.key, client_ca});
  return settings;
}

// "" when it was answered.
std::string call_with(const EchoEdge& edge, const std::string& server_ca,
                      const Certificate& client = {}) {
  const auto channel =
      connect(edge.address(), grpc::SslCredentials({server_ca, client.key, client.certificate}));
  const auto answer = call_unary(channel, echo_name("Ask"), "");
  if (answer.status.ok()) return "";
  EXPECT_EQ(answer.status.error_code(), grpc::UNAVAILABLE);
  return answer.status.error_message();
}

TEST(Tls, ServesWhoTrustsItsCertificate) {
  const Certificate server = make_certificate("server"), other = make_certificate("other");
  EchoEdge edge(add_echo_methods, {}, settings_with(server));
  EXPECT_EQ(call_with(edge, server.certificate), "");
  EXPECT_NE(call_with(edge, other.certificate), "");
}

TEST(Tls, AnswersNobodyInPlainText) {
  const Certificate server = make_certificate("server");
  EchoEdge edge(add_echo_methods, {}, settings_with(server));
  EXPECT_FALSE(edge.answers());
  EXPECT_EQ(call_with(edge, server.certificate), "");
}

TEST(Tls, AsksForAClientsCertificateWhereOneIsRequired) {
  const Certificate server = make_certificate("server"), client = make_certificate("client"),
                    other = make_certificate("other");
  EchoEdge edge(add_echo_methods, {}, settings_with(server, client.certificate));
  EXPECT_EQ(call_with(edge, server.certificate, client), "");
  EXPECT_NE(call_with(edge, server.certificate), "");
  EXPECT_NE(call_with(edge, server.certificate, other), "");
}

TEST(Tls, IsNotForTheLocalSocket) {
  const test::TempFolder folder;
  GrpcSettings settings = settings_with(make_certificate("server"));
  settings.unix_socket = (folder.path() / "s").string();
  EchoEdge edge(add_echo_methods, {}, std::move(settings));
  EXPECT_TRUE(call_unary(connect(edge.edge().listening().at(1)), echo_name("Ask"), "").status.ok());
}

TEST(Tls, SaysThatItsCertificateIsNone) {
  const Certificate one = make_certificate("one"), two = make_certificate("two");
  Dispatcher dispatcher({});
  for (const Certificate& bad :
       {Certificate{"no PEM", one.key}, Certificate{one.certificate, "no PEM"},
        Certificate{one.certificate, two.key}}) {
    GrpcEdge edge(dispatcher, settings_with(bad));
    const auto started = edge.start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, Code::kInvalidArgument);
    EXPECT_THAT(started.error().message, testing::HasSubstr("TLS: certificate and key"));
  }
}

}  // namespace
}  // namespace mt::tests::bus
