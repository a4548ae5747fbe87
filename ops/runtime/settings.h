// What the container's own section of the configuration means to the parts that it is made for.
#pragma once

#include <string>
#include <vector>

#include "actors/module.h"
#include "actors/node.h"
#include "bus/edges/grpc_edge.h"
#include "events/base/result.h"
#include "mt/ops/v1/config.pb.h"

namespace mt {

// Every key with its default, as in ops/runtime/config.yaml.
ops::v1::Config default_config();

// What the fields' own rules cannot say, since it is about several keys.
Result<void> check_together(const ops::v1::Config& config);

// The modules that this node runs. INVALID_ARGUMENT naming the one that the container lacks.
Result<std::vector<Module>> choose_modules(const ops::v1::Config& config,
                                           std::vector<Module> modules);

NodeSettings node_settings(const ops::v1::Config& config);

// Reads the PEM files; an error names the key and the file.
Result<GrpcSettings> grpc_settings(const ops::v1::Config& config, const std::string& socket);

// The addresses that others than this machine can reach in plain text; empty with TLS.
std::vector<std::string> exposed_addresses(const ops::v1::Config& config);

}  // namespace mt
