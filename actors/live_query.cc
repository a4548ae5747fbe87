#include "actors/live_query.h"

#include <thread>
#include <utility>

namespace mt {
namespace {

// A message ends with the row that brings it over this. With a page behind it, it stays below the
// 4 MiB that gRPC's clients take.
constexpr std::size_t kMostChangedBytes = std::size_t{256} << 10;

// How often a query that waits looks whether its client, or the server, has left.
constexpr std::chrono::milliseconds kLook{200};

}  // namespace

LiveQuery::LiveQuery(LiveTables& tables, const LiveSource& source, const LiveShape& shape,
                     ReplyStream& stream, const LiveLimits& limits)
    : tables_(tables), source_(source), shape_(shape), stream_(stream), limits_(limits) {}

Result<void> LiveQuery::run(const std::string& resume, Instant deadline) {
  deadline_ = deadline;
  MT_TRY(watch_, tables_.watch(source_.table(), source_.range()));
  if (!resume.empty()) MT_CHECK_OK(watch_->resume(resume));
  while (!is_over()) {
    MT_CHECK_OK(wait_until_taken());
    const auto response = source_.response();
    MT_TRY(const bool is_read, read_next(*response));
    if (!is_read) {
      watch_->wait_for_publication(position_, kLook);
    } else {
      if (!send(*response)) break;
      if (is_caught_up_) wait_for_changes();
    }
  }
  if (stream_.is_open()) return Error{Code::kDeadlineExceeded, "the deadline of the watch passed"};
  return {};
}

bool LiveQuery::is_over() const {
  return !stream_.is_open() || std::chrono::steady_clock::now() >= deadline_;
}

// What is read now would be old when the client takes it: reading waits for the client.
Result<void> LiveQuery::wait_until_taken() {
  const Instant end = std::chrono::steady_clock::now() + limits_.patience;
  while (!stream_.wait_until_sent(kLook) && !is_over()) {
    if (std::chrono::steady_clock::now() < end) continue;
    return Error{Code::kResourceExhausted,
                 "the client reads too slowly, it took nothing for " +
                     std::to_string(limits_.patience.count() / 1000) +
                     " s; go on with `resume` of the last message that was caught up"};
  }
  return {};
}

Result<bool> LiveQuery::read_next(google::protobuf::Message& response) {
  return tables_.read([&](const KvReader& kv) -> Result<bool> {
    MT_TRY(const TableWatch::Taken taken, watch_->take(kv, position_, keys_));
    if (taken == TableWatch::Taken::kNotYet) return false;
    if (taken == TableWatch::Taken::kAllRows) begin_anew();
    MT_CHECK_OK(add_rows(kv, response));
    last_read_ = std::chrono::steady_clock::now();
    return true;
  });
}

void LiveQuery::begin_anew() {
  keys_.clear();
  page_.clear();
  is_paging_ = true;
  must_reset_ = true;
}

Result<void> LiveQuery::add_rows(const KvReader& kv, google::protobuf::Message& response) {
  std::size_t bytes = 0;
  while (!keys_.empty() && bytes < kMostChangedBytes) {
    bytes += source_.add(kv, *keys_.begin(), response);
    keys_.erase(keys_.begin());
  }
  if (is_paging_ && keys_.empty()) {
    MT_TRY(page_, source_.add_page(kv, page_, response));
    is_paging_ = !page_.empty();
  }
  source_.complete(kv, response);
  api::v1::Live& live = shape_.live_of(response);
  live.set_reset(must_reset_);
  live.set_position(position_.value);
  // All rows were read at this position, or have not changed since they were.
  if (is_paging_ || !keys_.empty()) return {};
  live.set_caught_up(true);
  live.set_resume(watch_->resume_token(position_));
  return {};
}

bool LiveQuery::send(google::protobuf::Message& response) {
  const api::v1::Live& live = shape_.live_of(response);
  const bool has_rows = live.reset() || live.keys_size() > 0 || live.removed_size() > 0;
  const bool is_further = live.position() > told_.value && last_read_ >= quiet_until_;
  const bool must_tell = has_rows || live.caught_up() != is_caught_up_ || is_further;
  is_caught_up_ = live.caught_up();
  if (!must_tell) return true;
  must_reset_ = false;
  told_ = position_;
  last_sent_ = std::chrono::steady_clock::now();
  quiet_until_ = last_sent_ + limits_.sign_of_life;
  return stream_.write_when_ready(response);
}

void LiveQuery::wait_for_changes() {
  std::this_thread::sleep_until(last_sent_ + limits_.pace);
  const Instant look_again = last_read_ + limits_.sign_of_life;
  while (!is_over() && !watch_->wait_for_changes(kLook)) {
    if (std::chrono::steady_clock::now() >= look_again) return;
  }
}

}  // namespace mt
