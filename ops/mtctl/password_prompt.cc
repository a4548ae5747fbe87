#include "ops/mtctl/password_prompt.h"

#include <termios.h>
#include <unistd.h>

#include <iostream>

namespace mt::mtctl {
namespace {

// What is typed is not shown while this lives.
class Unseen {
 public:
  Unseen() {
    tcgetattr(STDIN_FILENO, &before_);
    termios unseen = before_;
    unseen.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen);
  }
  ~Unseen() { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

 private:
  termios before_{};
};

std::string read_line(std::istream& in, std::ostream& notes, const char* prompt) {
  notes << prompt << std::flush;
  std::string line;
  const Unseen unseen;
  std::getline(in, line);
  notes << "\n";
  return line;
}

}  // namespace

Result<std::string> ask_password(std::istream& in, std::ostream& notes, bool twice) {
  const bool on_terminal = &in == &std::cin && isatty(STDIN_FILENO) == 1;
  std::string password;
  if (on_terminal)
    password = read_line(in, notes, "Password: ");
  else
    std::getline(in, password);
  if (password.empty())
    return invalid_argument("no password; type it, or pipe it in as the first line of stdin");
  if (on_terminal && twice && read_line(in, notes, "Again: ") != password)
    return invalid_argument("the two passwords are not the same");
  return password;
}

}  // namespace mt::mtctl
