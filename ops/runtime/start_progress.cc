#include "ops/runtime/start_progress.h"

#include <cmath>

namespace mt {

void StartProgress::show(const FoldProgress& fold) {
  if (fold.head.value == 0) return;
  if (!bar_.on_terminal()) return log(fold);
  bar_.show({fold.what, fold.position.value, fold.head.value, fold.events_per_second,
             fold.seconds_left()});
}

void StartProgress::log(const FoldProgress& fold) {
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < interval_) return;
  last_ = now;
  logger_.info("folding the log", {{"what", fold.what},
                                   {"position", fold.position.value},
                                   {"head", fold.head.value},
                                   {"events_per_second", std::llround(fold.events_per_second)},
                                   {"seconds_left", std::llround(fold.seconds_left())}});
}

}  // namespace mt
