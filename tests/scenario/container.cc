#include "tests/scenario/container.h"

#include <csignal>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "tests/fixture/built.h"

namespace mt::test {

Container::Container(ContainerOptions options) : options_(std::move(options)) { start(); }

void Container::start() {
  write_config();
  ProcessCommand command{program(options_.program),
                         {"--data", data().string(), "--grpc", "127.0.0.1:0"},
                         {},
                         options_.environment};
  if (!options_.config.empty()) {
    command.arguments.insert(command.arguments.end(),
                             {"--config", (folder() / "config.yaml").string()});
  }
  command.arguments.insert(command.arguments.end(), options_.arguments.begin(),
                           options_.arguments.end());
  process_ = std::make_unique<Process>(command);
  server_ = value_in(process_->wait_for_line("ready "), "grpc");
  if (server_.empty()) throw std::runtime_error("the line 'ready' names no grpc=HOST:PORT");
}

void Container::stop() { end(SIGINT, 0); }

void Container::kill() { end(SIGKILL, 128 + SIGKILL); }

void Container::restart() {
  stop();
  start();
}

void Container::set_config(std::string yaml) { options_.config = std::move(yaml); }

void Container::set_program(std::string program, ProcessEnvironment environment) {
  options_.program = std::move(program);
  options_.environment = std::move(environment);
}

Finished Container::mtctl(std::vector<std::string> arguments, std::string input) const {
  ProcessCommand command{program("mtctl"), {"--data", data().string()}, std::move(input)};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  return run(command);
}

void Container::write_config() const {
  if (options_.config.empty()) return;
  std::ofstream(folder() / "config.yaml") << options_.config;
}

void Container::end(int signal, int expected_exit_code) {
  process_->signal(signal);
  const int exit_code = process_->wait();
  if (exit_code == expected_exit_code) return;
  throw std::runtime_error("the container ended with " + std::to_string(exit_code) + ", not with " +
                           std::to_string(expected_exit_code) + "\n" + process_->out() +
                           process_->err());
}

std::string value_in(std::string_view line, std::string_view key) {
  const std::string mark = " " + std::string(key) + "=";
  const std::size_t found = line.find(mark);
  if (found == std::string_view::npos) return "";
  const std::size_t begin = found + mark.size();
  return std::string(line.substr(begin, line.find(' ', begin) - begin));
}

}  // namespace mt::test
