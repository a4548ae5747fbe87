// Server: the container of this build in a process of its own, on a free port, with a superadmin.
// Whatever does not go as it should throws, with all that the program said.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ops/client/client.h"
#include "sys/core/v1/core.pb.h"
#include "tests/fixture/process.h"

namespace mt::bench {

class Server {
 public:
  explicit Server(std::filesystem::path data, std::vector<std::string> arguments = {});

  void start();
  // kill -9.
  void kill();

  // HOST:PORT since the last start.
  const std::string& address() const { return address_; }
  // From the start of the program to its line "ready".
  double start_seconds() const { return start_seconds_; }
  test::Process& process() { return *process_; }

  // A new one: it does not live long.
  std::string superadmin_token();
  Client superadmin();
  // Memory of the process that no file is behind, in bytes.
  std::uint64_t anonymous_bytes() const;

 private:
  void create_superadmin();

  const std::filesystem::path data_;
  const std::vector<std::string> arguments_;
  std::unique_ptr<test::Process> process_;
  std::string address_;
  double start_seconds_ = 0;
  bool has_superadmin_ = false;
};

// The value of `key=value` in a line of words. Throws when there is none.
std::string word_of(const std::string& line, const std::string& key);

// Throws what went wrong.
template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}
inline void must(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}
void must(bool holds, const std::string& what);

}  // namespace mt::bench
