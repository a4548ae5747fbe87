// Client: calls the methods of a node by name, with messages or their bytes. gRPC stays behind this
// header. Any thread may use it; each Client has a connection of its own.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "events/base/result.h"
#include "ops/client/call_options.h"

namespace mt {

struct ClientOptions {
  std::string token;  // bearer, sent with every call; empty: none
  bool tls = false;
  std::string ca;           // PEM of who signed the server's certificate; empty: the system's
  std::string certificate;  // PEM of the client's own, and its key, for servers that ask for one
  std::string key;
};

class Client {
 public:
  // `target`: "HOST:PORT" or "unix:<path>". Connects at the first call, and again when it was lost.
  static Client connect(const std::string& target, ClientOptions options = {});
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  // UNAVAILABLE when there is no connection within that time.
  Result<void> wait_until_connected(std::chrono::milliseconds patience) const;

  // A unary call of "package.Service/Method"; blocks for the answer. Errors are the server's, field
  // violations included, or UNAVAILABLE when it cannot be reached.
  Result<std::string> call(const std::string& method, std::string_view request,
                           const CallOptions& options = {}, CallOutcome* outcome = nullptr) const;

  template <typename Response>
  Result<Response> call(const std::string& method, const google::protobuf::Message& request,
                        const CallOptions& options = {}, CallOutcome* outcome = nullptr) const {
    auto bytes = call(method, std::string_view(request.SerializeAsString()), options, outcome);
    if (!bytes) return std::move(bytes).error();
    return parsed<Response>(method, *bytes);
  }

  // Called once, on a thread of gRPC: must not block, nor end the client. May call again. A client
  // that ends cancels what is not answered yet, and returns after that is answered so.
  using Done = std::function<void(Result<std::string>, const CallOutcome&)>;
  void call_async(const std::string& method, std::string_view request, const CallOptions& options,
                  Done done) const;

  // A server stream; blocks until it ends. `on_message` returns false to leave it, which is Ok.
  using OnMessage = std::function<bool(std::string_view)>;
  Result<void> watch(const std::string& method, std::string_view request,
                     const OnMessage& on_message, const CallOptions& options = {}) const;

  // The same with messages: `on_message` is bool(const Response&).
  template <typename Response, typename OnResponse>
  Result<void> watch(const std::string& method, const google::protobuf::Message& request,
                     OnResponse&& on_message, const CallOptions& options = {}) const {
    Result<void> parse;
    auto ended = watch(method, std::string_view(request.SerializeAsString()),
                       OnMessage([&](std::string_view bytes) {
                         auto response = parsed<Response>(method, bytes);
                         if (response) return static_cast<bool>(on_message(*response));
                         parse = std::move(response).error();
                         return false;
                       }),
                       options);
    return parse ? std::move(ended) : std::move(parse);
  }

 private:
  class Impl;
  explicit Client(std::unique_ptr<Impl> impl);

  template <typename Response>
  static Result<Response> parsed(const std::string& method, std::string_view bytes) {
    Response response;
    if (!response.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
      return internal("the answer of " + method + " is no " + response.GetTypeName());
    return response;
  }

  std::unique_ptr<Impl> impl_;
};

}  // namespace mt
