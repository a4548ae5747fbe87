#include "ops/terminal/progress_bar.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "ops/terminal/display_width.h"
#include "ops/terminal/number_text.h"

namespace mt {
namespace {

constexpr std::size_t kBarColumns = 24;
constexpr std::size_t kDefaultColumns = 80;
constexpr std::chrono::milliseconds kBetweenDrawings{50};

std::string bar(std::uint64_t done, std::uint64_t total) {
  const double share =
      total == 0 ? 1 : static_cast<double>(std::min(done, total)) / static_cast<double>(total);
  const auto filled = static_cast<std::size_t>(share * kBarColumns);
  std::string text = "[";
  for (std::size_t i = 0; i < kBarColumns; ++i) text += i < filled ? "█" : "░";
  return text + "]";
}

std::string percent_text(const Progress& progress) {
  return right_aligned(std::to_string(percent(progress.done, progress.total)), 3) + " %";
}

// From the most to the least important.
std::vector<std::string> parts_of(const Progress& progress) {
  std::vector<std::string> parts{bar(progress.done, progress.total), percent_text(progress),
                                 grouped(progress.done) + " of " + grouped(progress.total)};
  if (progress.per_second >= 1)
    parts.push_back(grouped(static_cast<std::uint64_t>(progress.per_second)) + "/s");
  if (progress.seconds_left > 0) parts.push_back(duration_text(progress.seconds_left) + " left");
  return parts;
}

std::size_t terminal_columns(std::FILE* stream) {
  winsize size{};
  if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kDefaultColumns;
  return size.ws_col;
}

}  // namespace

std::string progress_line(const Progress& progress, std::size_t columns) {
  std::string line = fitted(printable(progress.label), columns);
  for (const std::string& part : parts_of(progress)) {
    if (display_width(line) + 2 + display_width(part) > columns) break;
    line += "  " + part;
  }
  return line;
}

ProgressBar::ProgressBar(std::FILE* stream)
    : stream_(stream), on_terminal_(isatty(fileno(stream)) == 1) {}

ProgressBar::~ProgressBar() { clear(); }

// The last column stays free: a terminal may go on to the next line when it is filled.
void ProgressBar::show(const Progress& progress) {
  if (!on_terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (drawn_ && progress.done < progress.total && now - last_ < kBetweenDrawings) return;
  last_ = now;
  drawn_ = true;
  const std::string line = progress_line(progress, terminal_columns(stream_) - 1);
  std::fprintf(stream_, "\r%s\x1b[K", line.c_str());
  std::fflush(stream_);
}

void ProgressBar::clear() {
  if (!drawn_) return;
  drawn_ = false;
  std::fputs("\r\x1b[K", stream_);
  std::fflush(stream_);
}

}  // namespace mt
