#include "events/base/thread_name.h"

#include <pthread.h>

#include "events/base/check.h"

namespace mt {

void name_this_thread(const char* name) {
  check(pthread_setname_np(pthread_self(), name) == 0, "a thread's name has at most 15 characters");
}

}  // namespace mt
