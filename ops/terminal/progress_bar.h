// A progress bar on one line of a terminal, written over again and again. On anything that is no
// terminal nothing is written, so that logs and pipes stay clean. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace mt {

struct Progress {
  std::string label;  // "sys_timespace/cities"
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  double per_second = 0;    // 0: not known
  double seconds_left = 0;  // 0: not known
};

// One line without its end, of at most `columns`:
// "sys_timespace/cities  [█████████░░░░░]  62 %  83,800 of 135,233  12,345/s  4.1 s left"
// What does not fit is left out from the right; the label is cut last. Pure.
std::string progress_line(const Progress& progress, std::size_t columns);

class ProgressBar {
 public:
  // `stream`: stderr, as a rule. It outlives the bar.
  explicit ProgressBar(std::FILE* stream = stderr);
  ~ProgressBar();  // clear()
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  bool on_terminal() const { return on_terminal_; }
  // Draws at most twenty times a second, and always when all is done.
  void show(const Progress& progress);
  // Removes the line, so that what is printed next begins where it stood.
  void clear();

 private:
  std::FILE* const stream_;
  const bool on_terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace mt
