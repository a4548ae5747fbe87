#include "tests/bench/guarded.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <system_error>

namespace mt::bench {
namespace {

std::filesystem::path make_folder(const std::filesystem::path& parent) {
  std::filesystem::create_directories(parent);
  std::string name = std::filesystem::absolute(parent / "mt_bench.XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr)
    throw std::system_error(errno, std::generic_category(), name);
  return name;
}

sigset_t watched_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&signals, number);
  return signals;
}

int exit_code_of(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// Until the worker ends, by itself or because this process was told to.
int wait_for(pid_t worker, const sigset_t& signals) {
  for (int told = 0;;) {
    int status = 0;
    if (waitpid(worker, &status, WNOHANG) == worker)
      return told != 0 ? 128 + told : exit_code_of(status);
    int number = 0;
    sigwait(&signals, &number);
    if (number == SIGCHLD) continue;
    told = number;
    kill(worker, SIGKILL);
  }
}

}  // namespace

int run_guarded(const std::filesystem::path& parent,
                const std::function<int(const std::filesystem::path& folder)>& work) {
  const auto folder = make_folder(parent);
  const sigset_t signals = watched_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // What the worker started comes here when the worker is gone; it is killed with the worker.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t guard = getpid();
  const pid_t worker = fork();
  if (worker == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != guard) _exit(127);
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    std::exit(work(folder));
  }
  const int exit_code = worker < 0 ? 1 : wait_for(worker, signals);
  while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) continue;
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return exit_code;
}

}  // namespace mt::bench
