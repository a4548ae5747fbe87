#include <istream>
#include <memory>
#include <optional>
#include <string>

#include "ops/mtctl/core_text.h"
#include "ops/mtctl/verbs.h"
#include "ops/terminal/display_width.h"
#include "ops/terminal/number_text.h"
#include "sys/core/v1/erasure.pb.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

constexpr int kMostPositions = 8;  // of a module in the table; -o json has all

struct Wish {
  std::string subject;
  bool is_sure = false;
};

// What cannot be undone is asked for twice.
Result<void> confirm(Session& session, const std::string& subject) {
  session.output.notes() << "The personal data of " << printable(subject)
                         << " will be gone for good. Type its name to go on: " << std::flush;
  std::string answer;
  std::getline(session.in, answer);
  if (answer == subject) return {};
  return invalid_argument("nothing was erased: '" + printable(answer) +
                          "' is not the name; --yes erases without asking");
}

std::string positions_text(const google::protobuf::RepeatedField<std::uint64_t>& positions) {
  std::string text;
  for (int i = 0; i < positions.size() && i < kMostPositions; ++i)
    text += (i == 0 ? "" : " ") + std::to_string(positions[i]);
  return positions.size() > kMostPositions ? text + " …" : text;
}

TextTable events_table(const core::ErasureReceipt& receipt) {
  TextTable table({{"MODULE"}, {"EVENTS", Align::kRight}, {"POSITIONS"}});
  for (const core::ErasedEvents& events : receipt.events()) {
    const auto count = static_cast<std::uint64_t>(events.positions_size());
    table.add({events.module(), grouped(count), positions_text(events.positions())});
  }
  return table;
}

TextTable tables_table(const core::ErasureReceipt& receipt) {
  TextTable table({{"TABLE"}, {"EVENTS", Align::kRight}, {"ROWS", Align::kRight}, {"HASH"}});
  for (const core::RebuiltTable& rebuilt : receipt.tables())
    table.add({rebuilt.table(), grouped(rebuilt.position()), grouped(rebuilt.rows()),
               rebuilt.hash().substr(0, 16)});
  return table;
}

// Older events hold what cannot be taken from them.
std::string left_in_clear(const core::ErasureReceipt& receipt) {
  std::string text;
  for (const core::ErasedEvents& events : receipt.events())
    if (!events.in_clear().empty())
      text += "\n" + events.module() + " at " + positions_text(events.in_clear());
  if (text.empty()) return text;
  return "These events are from before personal data were sealed. No reader is told what they "
         "hold, "
         "but their bytes still say it, here and in backups:" +
         text;
}

Result<core::EraseProgress> watch_erase(Session& session, const std::string& subject) {
  core::EraseSubjectRequest request;
  request.set_subject(subject);
  std::optional<core::EraseProgress> last;
  ProgressBar bar;
  MT_CHECK_OK(session.client.watch<core::EraseProgress>(
      "sys.core.v1.ErasureService/EraseSubject", request,
      [&](const core::EraseProgress& report) {
        bar.show({report.what(), report.position(), report.head(), report.events_per_second(),
                  report.seconds_left()});
        last = report;
        return true;
      },
      session.options));
  if (!last || !last->done()) return internal("the node did not say what became of the erase");
  return *last;
}

Result<void> erase(Session& session, const Wish& wish) {
  if (!wish.is_sure) MT_CHECK_OK(confirm(session, wish.subject));
  MT_TRY(const core::EraseProgress done, watch_erase(session, wish.subject));
  const core::ErasureReceipt& receipt = done.receipt();
  Output& output = session.output;
  if (output.is_table()) {
    output.line("erased   " + printable(receipt.subject()) + "  " + time_text(receipt.erased()));
    output.line("receipt  " + receipt.hash());
    if (receipt.events_size() > 0) output.table(events_table(receipt));
    if (receipt.tables_size() > 0) output.table(tables_table(receipt));
  } else {
    output.message(receipt);
  }
  if (done.repeated()) output.note("It had been erased before; this is the receipt of then.");
  if (const std::string left = left_in_clear(receipt); !left.empty()) output.note(left);
  return {};
}

Result<core::ListErasuresResponse> all_receipts(Session& session) {
  core::ListErasuresRequest request;
  request.set_page_size(1000);
  core::ListErasuresResponse all;
  do {
    MT_TRY(auto page, session.client.call<core::ListErasuresResponse>(
                          "sys.core.v1.ErasureService/ListErasures", request, session.options));
    all.mutable_receipts()->MergeFrom(page.receipts());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

Result<void> list_erasures(Session& session) {
  MT_TRY(const auto all, all_receipts(session));
  if (!session.output.is_table()) {
    session.output.list(all, all.receipts());
    return {};
  }
  if (all.receipts().empty()) {
    session.output.note("nobody was erased");
    return {};
  }
  TextTable table({{"SUBJECT"}, {"ERASED"}, {"RECEIPT"}});
  for (const core::ErasureReceipt& receipt : all.receipts())
    table.add({printable(receipt.subject()), time_text(receipt.erased()), receipt.hash()});
  session.output.table(table);
  return {};
}

}  // namespace

void add_erase_verbs(CLI::App& app, Verb& chosen) {
  const auto wish = std::make_shared<Wish>();
  CLI::App* command =
      app.add_subcommand("erase", "Destroy the personal data of a subject for good; a receipt");
  command->add_option("SUBJECT", wish->subject, "As its stream is named: account/ID")->required();
  command->add_flag("--yes", wish->is_sure, "Do not ask");
  command->callback(
      [&chosen, wish] { chosen = [wish](Session& session) { return erase(session, *wish); }; });
  app.add_subcommand("erasures", "Who was erased, and when")->callback([&chosen] {
    chosen = list_erasures;
  });
}

}  // namespace mt::mtctl
