// Names the thread that calls it, so that `top -H`, perf and debuggers tell the threads of the
// process apart. Ours begin with "mt-"; libraries name their own.
#pragma once

namespace mt {

// At most 15 characters: the kernel keeps no more. A thread that is not named bears the name of the
// one that made it.
void name_this_thread(const char* name);

}  // namespace mt
