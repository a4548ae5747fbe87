// The messages of sys_core as tables and lines for people. Pure.
#pragma once

#include <google/protobuf/repeated_ptr_field.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "ops/mtctl/text_table.h"
#include "ops/terminal/progress_bar.h"
#include "sys/core/v1/core.pb.h"

namespace mt::mtctl {

template <typename T>
using Repeated = google::protobuf::RepeatedPtrField<T>;

// "2026-01-31 09:30:00Z"; empty for a time that is not there.
std::string time_text(const google::protobuf::Timestamp& time);

// Texts between ", ".
std::string joined(const Repeated<std::string>& texts);

// Two or three lines about the node.
std::string node_text(const sys::core::v1::NodeStatus& node);
TextTable module_table(const Repeated<sys::core::v1::ModuleStatus>& modules);
TextTable table_table(const Repeated<sys::core::v1::TableStatus>& tables);
TextTable method_table(const Repeated<sys::core::v1::MethodStatus>& methods);
TextTable set_table(const Repeated<sys::core::v1::BootstrapSet>& sets);

// Lines that say why a module, a table or a set is not well; empty when all are.
std::string trouble_text(const Repeated<sys::core::v1::ModuleStatus>& modules);
std::string trouble_text(const Repeated<sys::core::v1::TableStatus>& tables);
std::string trouble_text(const Repeated<sys::core::v1::BootstrapSet>& sets);

// One line: position, time, type, stream and version, actor, payload.
std::string event_line(const sys::core::v1::EventRecord& event);

Progress progress_of(const sys::core::v1::ProjectionProgress& report);

}  // namespace mt::mtctl
