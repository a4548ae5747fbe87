#include <algorithm>
#include <memory>

#include "ops/mtctl/core_text.h"
#include "ops/mtctl/verbs.h"
#include "ops/terminal/display_width.h"
#include "ops/terminal/number_text.h"
#include "sys/core/v1/snapshots.pb.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

constexpr std::uint32_t kPage = 1000;

struct Listing {
  core::ListSnapshotsRequest request;
  std::uint32_t most = kPage;  // 0: all
};

std::string use_of(const core::SnapshotInfo& snapshot) {
  return snapshot.unused().empty() ? "used" : "unused: " + printable(snapshot.unused());
}

Result<void> show_snapshot(Session& session, const core::GetSnapshotRequest& request) {
  MT_TRY(const auto response,
         session.client.call<core::GetSnapshotResponse>("sys.core.v1.SnapshotService/GetSnapshot",
                                                        request, session.options));
  Output& output = session.output;
  if (!output.is_table()) {
    output.message(response);
    return {};
  }
  const core::SnapshotInfo& snapshot = response.snapshot();
  output.line("version  " + grouped(snapshot.version()) + " of " +
              grouped(snapshot.stream_version()));
  output.line("taken    " + time_text(snapshot.taken()));
  output.line("code     " + printable(snapshot.code_version()));
  output.line("schema   " + printable(snapshot.schema()));
  output.line("state    " + grouped(snapshot.state_bytes()) + " bytes");
  output.line("use      " + use_of(snapshot));
  return {};
}

// Page by page, up to so many.
Result<core::ListSnapshotsResponse> all_snapshots(Session& session, const Listing& listing) {
  core::ListSnapshotsRequest request = listing.request;
  core::ListSnapshotsResponse all;
  const auto count = [&all] { return static_cast<std::uint32_t>(all.snapshots_size()); };
  do {
    request.set_page_size(listing.most == 0 ? kPage : std::min(kPage, listing.most - count()));
    MT_TRY(auto page, session.client.call<core::ListSnapshotsResponse>(
                          "sys.core.v1.SnapshotService/ListSnapshots", request, session.options));
    all.mutable_snapshots()->MergeFrom(page.snapshots());
    all.set_next_page_token(page.next_page_token());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && (listing.most == 0 || count() < listing.most));
  return all;
}

TextTable snapshot_table(const Repeated<core::SnapshotInfo>& snapshots) {
  TextTable table({{"STREAM"},
                   {"VERSION", Align::kRight},
                   {"OF", Align::kRight},
                   {"TAKEN"},
                   {"BYTES", Align::kRight},
                   {"USE"}});
  for (const core::SnapshotInfo& snapshot : snapshots)
    table.add({snapshot.stream().empty() ? "(a long name)" : snapshot.stream(),
               grouped(snapshot.version()), grouped(snapshot.stream_version()),
               time_text(snapshot.taken()), grouped(snapshot.state_bytes()), use_of(snapshot)});
  return table;
}

Result<void> list_snapshots(Session& session, const Listing& listing) {
  MT_TRY(const auto all, all_snapshots(session, listing));
  if (!session.output.is_table()) {
    session.output.list(all, all.snapshots());
  } else if (all.snapshots_size() > 0) {
    session.output.table(snapshot_table(all.snapshots()));
  } else {
    session.output.note("no snapshot is kept");
  }
  if (!all.next_page_token().empty()) session.output.note("there are more; --most 0 shows all");
  return {};
}

void add_show(CLI::App& group, Verb& chosen) {
  const auto request = std::make_shared<core::GetSnapshotRequest>();
  CLI::App* show = group.add_subcommand("show", "The snapshot of one entity");
  show->add_option_function<std::string>(
          "MODULE", [request](const std::string& name) { request->set_module(name); })
      ->required();
  show->add_option_function<std::string>(
          "STREAM", [request](const std::string& stream) { request->set_stream(stream); },
          "category/id, such as org/harbour-choir")
      ->required();
  show->callback([&chosen, request] {
    chosen = [request](Session& session) { return show_snapshot(session, *request); };
  });
}

void add_list(CLI::App& group, Verb& chosen) {
  const auto listing = std::make_shared<Listing>();
  CLI::App* list = group.add_subcommand("list", "What is kept, and whether it is used");
  list->add_option_function<std::string>(
          "MODULE", [listing](const std::string& name) { listing->request.set_module(name); })
      ->required();
  list->add_option("--most", listing->most, "At most so many; 0: all")->capture_default_str();
  list->callback([&chosen, listing] {
    chosen = [listing](Session& session) { return list_snapshots(session, *listing); };
  });
}

}  // namespace

void add_snapshot_verbs(CLI::App& app, Verb& chosen) {
  CLI::App* group =
      app.add_subcommand("snapshots", "States of entities that are kept")->require_subcommand(1);
  add_show(*group, chosen);
  add_list(*group, chosen);
}

}  // namespace mt::mtctl
