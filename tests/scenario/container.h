// Container: maintemplate2 as it is shipped, serving a data folder of its own on a free port of
// loopback, to be stopped, killed and started again. Other tests may share no folder with it.
// Whatever does not go as it should throws, with all that the program said.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/fixture/process.h"
#include "tests/fixture/temp_folder.h"

namespace mt::test {

using ProcessEnvironment = std::vector<std::pair<std::string, std::string>>;

struct ContainerOptions {
  std::string program = "maintemplate2";
  std::string config = {};  // YAML; empty: no configuration file
  std::vector<std::string> arguments = {};
  ProcessEnvironment environment = {};
};

class Container {
 public:
  // Starts it and waits until it serves.
  explicit Container(ContainerOptions options = {});

  // Waits for the line that says it serves.
  void start();
  // Ctrl-C: it must end in order.
  void stop();
  // kill -9.
  void kill();
  void restart();
  // Takes effect at the next start.
  void set_config(std::string yaml);
  // The same: another program on the same data.
  void set_program(std::string program, ProcessEnvironment environment = {});

  Process& process() { return *process_; }
  const std::filesystem::path& folder() const { return folder_.path(); }
  std::filesystem::path data() const { return folder() / "data"; }
  // The local operator's way in.
  std::filesystem::path socket() const { return data() / "mt.sock"; }
  // HOST:PORT of gRPC since the last start.
  const std::string& server() const { return server_; }

  // mtctl on the data folder: as the local operator while the container serves.
  Finished mtctl(std::vector<std::string> arguments, std::string input = {}) const;

 private:
  void write_config() const;
  void end(int signal, int expected_exit_code);

  ContainerOptions options_;
  TempFolder folder_;
  std::unique_ptr<Process> process_;
  std::string server_;
};

// The value of `key=value` in a line of words; empty when there is none.
std::string value_in(std::string_view line, std::string_view key);

}  // namespace mt::test
