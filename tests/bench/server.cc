#include "tests/bench/server.h"

#include <chrono>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "sys/accounts/v1/accounts.pb.h"
#include "tests/fixture/built.h"

namespace mt::bench {
namespace {

namespace accounts = ::sys::accounts::v1;

constexpr const char* kEmail = "bench@example.org";
constexpr const char* kPassword = "no secret at all";

}  // namespace

Server::Server(std::filesystem::path data, std::vector<std::string> arguments)
    : data_(std::move(data)), arguments_(std::move(arguments)) {
  start();
}

void Server::start() {
  // No socket: the path of a folder that the user chose may be too long for one.
  test::ProcessCommand command{
      test::program("maintemplate2"),
      {"--data", data_.string(), "--grpc", "127.0.0.1:0", "--grpc.socket=false"}};
  command.arguments.insert(command.arguments.end(), arguments_.begin(), arguments_.end());
  const auto begin = std::chrono::steady_clock::now();
  process_ = std::make_unique<test::Process>(command);
  address_ = word_of(process_->wait_for_line("ready "), "grpc");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  start_seconds_ = took.count();
}

void Server::kill() {
  process_->signal(SIGKILL);
  process_->wait();
}

std::string Server::superadmin_token() {
  if (!std::exchange(has_superadmin_, true)) create_superadmin();
  accounts::LoginRequest request;
  request.set_email(kEmail);
  request.set_password(kPassword);
  return must(Client::connect(address_).call<accounts::LoginResponse>(
                  "sys.accounts.v1.AuthService/Login", request))
      .access_token();
}

Client Server::superadmin() {
  ClientOptions options;
  options.token = superadmin_token();
  return Client::connect(address_, options);
}

void Server::create_superadmin() {
  accounts::CreateFirstSuperadminRequest request;
  request.set_token(word_of(process_->wait_for_line("setup token="), "token"));
  request.set_email(kEmail);
  request.set_password(kPassword);
  must(Client::connect(address_).call<accounts::CreateFirstSuperadminResponse>(
      "sys.accounts.v1.SetupService/CreateFirstSuperadmin", request));
}

std::uint64_t Server::anonymous_bytes() const {
  std::ifstream file("/proc/" + std::to_string(process_->id()) + "/smaps_rollup");
  for (std::string word; file >> word;) {
    std::uint64_t kib = 0;
    if (word == "Anonymous:" && file >> kib) return kib << 10;
  }
  throw std::runtime_error("the kernel does not tell the memory of a process");
}

std::string word_of(const std::string& line, const std::string& key) {
  const std::string mark = " " + key + "=";
  const std::size_t found = line.find(mark);
  must(found != std::string::npos, "no " + key + "= in: " + line);
  const std::size_t begin = found + mark.size();
  return line.substr(begin, line.find(' ', begin) - begin);
}

void must(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error("wrong: " + what);
}

}  // namespace mt::bench
