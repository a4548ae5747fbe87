// The verbs, a group a file. Each function adds its subcommands; the one that is given on the
// command line puts itself into `chosen`.
#pragma once

#include <CLI/App.hpp>

#include "ops/mtctl/session.h"

namespace mt::mtctl {

void add_status_verb(CLI::App& app, Verb& chosen);
void add_module_verbs(CLI::App& app, Verb& chosen);
void add_event_verbs(CLI::App& app, Verb& chosen);
// Into the group "events", which is there.
void add_find_verb(CLI::App& app, Verb& chosen);
void add_integrity_verbs(CLI::App& app, Verb& chosen, FileVerb& on_files);
void add_archive_verbs(CLI::App& app, Verb& chosen, FileVerb& on_files);
void add_command_verbs(CLI::App& app, Verb& chosen);
void add_claim_verbs(CLI::App& app, Verb& chosen);
void add_snapshot_verbs(CLI::App& app, Verb& chosen);
void add_export_verbs(CLI::App& app, Verb& chosen, FileVerb& on_files);
void add_backup_verbs(CLI::App& app, Verb& chosen, FileVerb& on_files);
void add_projection_verbs(CLI::App& app, Verb& chosen);
void add_tables_verbs(CLI::App& app, Verb& chosen);
// Into the group "projection".
void add_upgrade_verbs(CLI::App& group, Verb& chosen);
void add_reactor_verbs(CLI::App& app, Verb& chosen);
void add_parked_verbs(CLI::App& app, Verb& chosen);
void add_bootstrap_verbs(CLI::App& app, Verb& chosen);
void add_erase_verbs(CLI::App& app, Verb& chosen);
void add_call_verb(CLI::App& app, Verb& chosen);
void add_setup_verbs(CLI::App& app, Verb& chosen);
void add_login_verbs(CLI::App& app, Verb& chosen);

}  // namespace mt::mtctl
