#include "modules/mod_main/server/notice.h"

#include <utility>

namespace mt::mod_main {
namespace {

using Decided = Result<Decision<Notice::Event>>;

// The rule of access was checked for the organisation that the request names; the notice must be
// one of that organisation, or its existence is none of the caller's business.
Result<void> check_standing(const Notice::State& state, const std::string& org_id,
                            const DecideContext& context) {
  if (state.org_id != org_id) {
    return not_found("notice " + context.id + " does not exist in organisation " + org_id);
  }
  if (state.withdrawn) {
    return failed_precondition("notice " + context.id + " was withdrawn; post a new one");
  }
  return {};
}

Decided post(const v1::PostNoticeRequest& request, const DecideContext& context) {
  if (context.exists()) return already_exists("notice " + context.id + " was posted before");
  v1::NoticeEvent event;
  auto& posted = *event.mutable_posted();
  posted.set_org_id(request.org_id());
  posted.set_title(request.title());
  posted.set_text(request.text());
  v1::PostNoticeResponse response;
  response.set_notice_id(context.id);
  return accept(std::move(event), std::move(response));
}

Decided edit(const Notice::State& state, const v1::EditNoticeRequest& request,
             const DecideContext& context) {
  MT_CHECK_OK(check_standing(state, request.org_id(), context));
  if (state.title == request.title() && state.text == request.text()) {
    return nothing_to_do<Notice::Event>(v1::EditNoticeResponse());
  }
  v1::NoticeEvent event;
  event.mutable_edited()->set_title(request.title());
  event.mutable_edited()->set_text(request.text());
  return accept(std::move(event), v1::EditNoticeResponse());
}

Decided withdraw(const Notice::State& state, const v1::WithdrawNoticeRequest& request,
                 const DecideContext& context) {
  MT_CHECK_OK(check_standing(state, request.org_id(), context));
  v1::NoticeEvent event;
  event.mutable_withdrawn();
  return accept(std::move(event), v1::WithdrawNoticeResponse());
}

}  // namespace

Decided Notice::decide(const State& state, const Command& command, const DecideContext& context) {
  switch (command.command_case()) {
    case Command::kPost:
      return post(command.post(), context);
    case Command::kEdit:
      return edit(state, command.edit(), context);
    case Command::kWithdraw:
      return withdraw(state, command.withdraw(), context);
    case Command::COMMAND_NOT_SET:
      break;
  }
  return invalid_argument("the command is empty");
}

void Notice::evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kPosted:
      state.org_id = event.posted().org_id();
      state.title = event.posted().title();
      state.text = event.posted().text();
      break;
    case Event::kEdited:
      state.title = event.edited().title();
      state.text = event.edited().text();
      break;
    case Event::kWithdrawn:
      state.withdrawn = true;
      break;
    case Event::EVENT_NOT_SET:
      break;
  }
}

}  // namespace mt::mod_main
