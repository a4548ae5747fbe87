#include "bus/edges/grpc_server.h"

#include <grpc/grpc.h>
#include <absl/synchronization/mutex.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <future>

#include "bus/edges/listen_address.h"
#include "bus/edges/server_limits.h"
#include "bus/edges/socket_file.h"
#include "events/base/thread_name.h"

namespace mt {
namespace {

// Enough for clients that read to go by themselves.
constexpr std::chrono::milliseconds kPause(20);

std::shared_ptr<grpc::ServerCredentials> credentials_of(const GrpcSettings& settings, Door door) {
  if (door == Door::kLocalSocket || settings.tls == nullptr)
    return grpc::InsecureServerCredentials();
  const GrpcTls& tls = *settings.tls;
  grpc::SslServerCredentialsOptions options(
      tls.client_ca.empty() ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                            : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = tls.client_ca;
  options.pem_key_cert_pairs.push_back({tls.key, tls.certificate});
  return grpc::SslServerCredentials(options);
}

std::vector<std::string> addresses_of(const GrpcSettings& settings, Door door) {
  if (door == Door::kNetwork) return settings.listen;
  return {"unix:" + settings.unix_socket};
}

Result<void> check_addresses(const GrpcSettings& settings, Door door) {
  if (door == Door::kLocalSocket) return clear_socket_path(settings.unix_socket);
  for (const std::string& address : settings.listen) MT_CHECK_OK(check_listen_address(address));
  return {};
}

// gRPC gave no reason, so the addresses are tried; if all can be had, it was the certificate.
Error explain_failure(const GrpcSettings& settings, Door door) {
  if (door == Door::kLocalSocket)
    return unavailable("cannot listen on unix:" + settings.unix_socket +
                       ": is its folder there and writable?");
  for (const std::string& address : settings.listen)
    if (const std::string why = why_not_listening(address); !why.empty())
      return unavailable("cannot listen on " + address + ": " + why);
  if (settings.tls != nullptr)
    return invalid_argument(
        "TLS: certificate and key are not PEM, or do not belong together, or the client CA is not "
        "PEM");
  return unavailable("gRPC does not start on " + settings.listen.front());
}

}  // namespace

Result<void> GrpcServer::start(const GrpcSettings& settings, const grpc::ResourceQuota& quota) {
  MT_CHECK_OK(check_addresses(settings, door_));
  // Debian builds absl so that it looks for deadlocks at every lock, of which gRPC takes many.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  grpc::ServerBuilder builder;
  set_limits(builder, settings, door_);
  builder.SetResourceQuota(quota);
  builder.RegisterCallbackGenericService(&service_);
  const std::vector<std::string> addresses = addresses_of(settings, door_);
  std::vector<int> ports(addresses.size(), 0);
  const auto credentials = credentials_of(settings, door_);
  for (std::size_t i = 0; i < addresses.size(); ++i)
    builder.AddListeningPort(addresses[i], credentials, &ports[i]);
  if (door_ == Door::kLocalSocket) {
    const OwnerOnlyFiles restricted;
    server_ = builder.BuildAndStart();
  } else {
    server_ = builder.BuildAndStart();
  }
  if (server_ == nullptr) return explain_failure(settings, door_);
  for (std::size_t i = 0; i < addresses.size(); ++i)
    listening_.push_back(door_ == Door::kLocalSocket ? addresses[i]
                                                     : with_port(addresses[i], ports[i]));
  return {};
}

// gRPC's shutdown tells each client to go and waits for its word that it read so. A client without
// calls may read nothing for seconds: gRPC's own for C++ looks at an idle connection every five. So
// connections are cut once no call is open; again and again, as one may still be accepted until
// gRPC has closed its ports.
void GrpcServer::shut_down(std::chrono::system_clock::time_point until) {
  if (server_ == nullptr) return;
  auto closing = std::async(std::launch::async, [this, until] {
    name_this_thread("mt-grpc-stop");
    server_->Shutdown(until);
  });
  if (service_.open_calls().wait_until_none(until)) {
    while (closing.wait_for(kPause) == std::future_status::timeout)
      grpc_server_cancel_all_calls(server_->c_server());
  }
  closing.wait();
  server_->Wait();
}

}  // namespace mt
