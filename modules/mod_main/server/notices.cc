#include "modules/mod_main/server/notices.h"

#include <google/protobuf/util/time_util.h>

#include <utility>

namespace mt::mod_main {
namespace {

google::protobuf::Timestamp timestamp(Time time) {
  return google::protobuf::util::TimeUtil::NanosecondsToTimestamp(time.time_since_epoch().count());
}

}  // namespace

void Notices::apply(const v1::NoticeEvent& event, const EventMeta& meta, KvWriter& kv) {
  v1::NoticeRow row = rows_.get(kv, meta.stream.id).value_or(v1::NoticeRow());
  switch (event.event_case()) {
    case v1::NoticeEvent::kPosted:
      row.set_notice_id(meta.stream.id);
      row.set_org_id(event.posted().org_id());
      row.set_title(event.posted().title());
      row.set_text(event.posted().text());
      row.set_author(meta.origin.actor);
      row.set_position(meta.position.value);
      *row.mutable_posted() = timestamp(meta.time);
      break;
    case v1::NoticeEvent::kEdited:
      row.set_title(event.edited().title());
      row.set_text(event.edited().text());
      *row.mutable_edited() = timestamp(meta.time);
      break;
    case v1::NoticeEvent::kWithdrawn:
      rows_.erase(kv, meta.stream.id);
      return;
    case v1::NoticeEvent::EVENT_NOT_SET:
      return;
  }
  rows_.put(kv, row);
}

Result<v1::ListNoticesResponse> Notices::list(const v1::ListNoticesRequest& request,
                                              const KvReader& kv, std::uint32_t page_size) const {
  PageRequest wanted{
      request.page_size() > 0 ? request.page_size() : page_size, request.page_token(),
      query_fingerprint("mod.main.v1.NoticeService/ListNotices", {request.org_id()})};
  MT_TRY(auto page,
         rows_.page(kv, "by_org", Key().text(request.org_id()), wanted, Order::kBackward));
  v1::ListNoticesResponse response;
  response.mutable_notices()->Swap(&page.rows);
  response.set_next_page_token(std::move(page.next_token));
  return response;
}

LiveRows<v1::NoticeRow> Notices::of_org(const std::string& org_id) const {
  return {rows_, "by_org", Key().text(org_id), Order::kBackward};
}

}  // namespace mt::mod_main
