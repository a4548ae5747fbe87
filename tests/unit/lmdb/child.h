// Child: a copy of the test's process that does one thing and may be killed while it does. It talks
// to the test in numbers. To be made while the test has no other thread and no open environment.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>

#include "events/base/check.h"

namespace mt::test {

class Child {
 public:
  // `work` reports by `say` and waits by `listen`; the child ends when it returns.
  struct Ends {
    std::function<void(std::uint64_t)> say;
    std::function<void()> listen;
  };
  explicit Child(const std::function<void(const Ends&)>& work) {
    int said[2], told[2];
    check(pipe(said) == 0 && pipe(told) == 0, "the system has pipes");
    id_ = fork();
    check(id_ >= 0, "the system has processes");
    if (id_ == 0) {
      close(said[0]);
      close(told[1]);
      run(work, said[1], told[0]);
    }
    close(said[1]);
    close(told[0]);
    from_ = said[0];
    to_ = told[1];
  }
  ~Child() {
    kill();
    close(from_);
    close(to_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // The next number that it said; none once it has ended.
  std::optional<std::uint64_t> hear() const {
    std::uint64_t number = 0;
    if (read(from_, &number, sizeof number) != sizeof number) return std::nullopt;
    return number;
  }
  void tell() const { check(write(to_, "!", 1) == 1, "the child listens"); }
  // At once, wherever it is. What it has said can still be heard.
  void kill() {
    if (id_ == 0) return;
    ::kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
    id_ = 0;
  }

 private:
  [[noreturn]] static void run(const std::function<void(const Ends&)>& work, int out, int in) {
    work({[out](std::uint64_t number) {
            if (write(out, &number, sizeof number) != sizeof number) _exit(1);
          },
          [in] {
            char mark = 0;
            if (read(in, &mark, 1) != 1) _exit(1);
          }});
    _exit(0);
  }

  pid_t id_ = 0;
  int from_ = -1;
  int to_ = -1;
};

}  // namespace mt::test
