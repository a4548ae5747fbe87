// Person: calls a container as one person would, over TCP or as the local operator.
#pragma once

#include <string>
#include <utility>

#include "mod/main/v1/notices.pb.h"
#include "ops/client/client.h"
#include "sys/accounts/v1/accounts.pb.h"
#include "tests/scenario/container.h"

namespace mt::test {

class Person {
 public:
  // Nobody yet; `sign_in` makes somebody of them.
  static Person at(const Container& container) { return Person(container.server()); }
  static Person operator_of(const Container& container) {
    return Person("unix:" + container.socket().string());
  }

  template <typename Response, typename Request>
  Result<Response> ask(const std::string& method, const Request& request,
                       CallOptions options = {}) const {
    if (options.token.empty()) options.token = token_;
    return client_.call<Response>(method, request, options);
  }

  const std::string& token() const { return token_; }
  Person& with_token(std::string token) {
    token_ = std::move(token);
    return *this;
  }

  Result<sys::accounts::v1::RegisterResponse> sign_up(const std::string& email,
                                                      const std::string& password) const {
    sys::accounts::v1::RegisterRequest request;
    request.set_email(email);
    request.set_password(password);
    return ask<sys::accounts::v1::RegisterResponse>("sys.accounts.v1.AuthService/Register",
                                                    request);
  }
  Result<sys::accounts::v1::LoginResponse> sign_in(const std::string& email,
                                                   const std::string& password) {
    sys::accounts::v1::LoginRequest request;
    request.set_email(email);
    request.set_password(password);
    MT_TRY(auto response, client_.call<sys::accounts::v1::LoginResponse>(
                              "sys.accounts.v1.AuthService/Login", request));
    token_ = response.access_token();
    return response;
  }
  Result<sys::accounts::v1::Account> self() const {
    MT_TRY(const auto response,
           ask<sys::accounts::v1::GetAccountResponse>("sys.accounts.v1.AccountService/GetAccount",
                                                      sys::accounts::v1::GetAccountRequest()));
    return response.account();
  }

 private:
  explicit Person(const std::string& target) : client_(Client::connect(target)) {}

  Client client_;
  std::string token_;
};

template <typename T>
Code code_of(const Result<T>& result) {
  return result ? Code::kOk : result.error().code;
}

}  // namespace mt::test
