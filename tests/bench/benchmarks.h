// The benchmarks, each a subcommand of mt_bench. What comes back wrong throws; what is slow is
// told.
#pragma once

#include "tests/bench/report.h"
#include "tests/bench/world.h"

namespace mt::bench {

// The log writer on LMDB, beside the disk's own flush; and reading the log.
void append(World& world, Report& report);
// The cities as commands through the edge, and as the demo sets of the container.
void import(World& world, Report& report);
// Of the container, right after the import when it is the first that needs the world.
void memory(World& world, Report& report);
// The table of places folded again, and compared with the log.
void rebuild(World& world, Report& report);
// A million generated events folded by the engine alone, and who waits for that.
void fold(World& world, Report& report);
// kill -9, and start with that log.
void start(World& world, Report& report);
// Rates and latencies at the edge, beside a bare gRPC server that echoes.
void queries(World& world, Report& report);

// Serves until it is ended; says "echo grpc=HOST:PORT".
int serve_echo();

}  // namespace mt::bench
