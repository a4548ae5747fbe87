#include "projections/table_changes.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "events/crypto/random_bytes.h"
#include "projections/page.h"

namespace mt {
namespace {

std::uint64_t random_run() {
  const std::string bytes = random_bytes(sizeof(std::uint64_t));
  std::uint64_t run = 0;
  std::memcpy(&run, bytes.data(), sizeof run);
  return run;
}

// All of the text is one number of that base.
std::optional<std::uint64_t> number_in(std::string_view text, int base) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc() || at != end) return std::nullopt;
  return number;
}

// What a token holds beside the position. A watch of another range was not told of the same rows,
// and must begin anew as one of another run does.
std::uint64_t tag_of(std::uint64_t run, const RowRange& range) {
  return run ^ query_fingerprint(std::to_string(range.store), {range.prefix});
}

}  // namespace

// ---- TableChanges ----

TableChanges::TableChanges(std::size_t most_bytes) : most_bytes_(most_bytes), run_(random_run()) {}

// Asked once for the whole transaction: changes that were noted from its middle on would not be
// all.
RowNotes* TableChanges::begin() {
  notes_.rows.clear();
  noting_ = is_on_.load();
  return noting_ ? &notes_ : nullptr;
}

void TableChanges::publish(Position reached) {
  const std::lock_guard lock(mutex_);
  if (std::exchange(noting_, false)) {
    tell_watches(notes_.rows, reached);
    if (!notes_.rows.empty()) keep(reached);
  } else {
    // A watch that came meanwhile finds that it must begin anew.
    floor_ = reached;
    wake_all();
  }
  published_ = reached;
  stop_noting_if_useless();
  published_changed_.notify_all();
}

void TableChanges::keep(Position reached) {
  bytes_ += notes_.rows.bytes();
  batches_.push_back(std::make_shared<const Batch>(Batch{reached, std::move(notes_.rows)}));
  while (bytes_ > most_bytes_) {
    bytes_ -= batches_.front()->rows.bytes();
    floor_ = batches_.front()->position;
    batches_.pop_front();
  }
}

// Whom a batch does not concern needs no waking, and is as far as the table is.
void TableChanges::tell_watches(const RowChanges& rows, Position reached) {
  for (TableWatch* watch : watches_) {
    if (watch->is_behind_) continue;
    if (rows.touches(watch->range_)) {
      watch->is_behind_ = true;
      watch->changed_.notify_all();
    } else {
      watch->next_ = reached;
    }
  }
}

void TableChanges::wake_all() {
  for (TableWatch* watch : watches_) {
    watch->is_behind_ = true;
    watch->changed_.notify_all();
  }
}

// Nobody watches, and whoever left could not go on from where they were.
void TableChanges::stop_noting_if_useless() {
  if (!is_on_ || !watches_.empty() || floor_ <= last_left_) return;
  is_on_ = false;
  batches_.clear();
  bytes_ = 0;
  floor_ = published_;
}

TableChanges::Replacing::Replacing(TableChanges& changes, Position reached)
    : changes_(changes), reached_(reached) {
  const std::lock_guard lock(changes_.mutex_);
  changes_.replacing_ = true;
}

TableChanges::Replacing::~Replacing() {
  const std::lock_guard lock(changes_.mutex_);
  changes_.replacing_ = false;
  ++changes_.run_;
  changes_.batches_.clear();
  changes_.bytes_ = 0;
  changes_.floor_ = changes_.published_ = std::max(changes_.published_, reached_);
  changes_.wake_all();
  changes_.published_changed_.notify_all();
}

void TableChanges::close(Error why) {
  const std::lock_guard lock(mutex_);
  if (!closed_) closed_ = std::move(why);
  for (TableWatch* watch : watches_) watch->changed_.notify_all();
  published_changed_.notify_all();
}

Result<void> TableChanges::check_open() {
  const std::lock_guard lock(mutex_);
  return closed_ ? Result<void>(*closed_) : Result<void>();
}

void TableChanges::reopen() {
  const std::lock_guard lock(mutex_);
  closed_.reset();
}

// ---- TableWatch ----

TableWatch::TableWatch(TableChanges& changes, RowRange range, PositionIn position_in)
    : changes_(changes), range_(std::move(range)), position_in_(std::move(position_in)) {
  const std::lock_guard lock(changes_.mutex_);
  self_ = changes_.watches_.insert(changes_.watches_.end(), this);
  run_ = changes_.run_;
  changes_.is_on_ = true;
}

TableWatch::~TableWatch() {
  const std::lock_guard lock(changes_.mutex_);
  changes_.watches_.erase(self_);
  changes_.last_left_ = changes_.published_;
}

Result<void> TableWatch::resume(const std::string& token) {
  const std::string_view text = token;
  const std::size_t dot = text.find('.');
  const auto position = number_in(text.substr(0, dot), 10);
  const auto tag =
      dot == text.npos ? std::nullopt : number_in(text.substr(std::min(dot + 1, text.size())), 16);
  if (!position || !tag) {
    return invalid_field("resume",
                         "is no token of a live query; send `resume` of a message as it came");
  }
  const std::lock_guard lock(changes_.mutex_);
  const bool is_known = *tag == tag_of(changes_.run_, range_) &&
                        *position >= changes_.floor_.value &&
                        *position <= changes_.published_.value;
  if (is_known) next_ = Position{*position};
  return {};
}

Result<TableWatch::Taken> TableWatch::take(const KvReader& view, Position& position,
                                           std::set<std::string, std::less<>>& keys) {
  // Asked first: a version of the table that serves no more may have no position by now.
  MT_CHECK_OK(changes_.check_open());
  MT_TRY(position, position_in_(view));
  std::vector<std::shared_ptr<const TableChanges::Batch>> batches;
  {
    const std::lock_guard lock(changes_.mutex_);
    if (changes_.closed_) return *changes_.closed_;
    // What this view holds is not told yet; or the view may be of before a replacement, or after.
    if (changes_.replacing_ || position > changes_.published_) return Taken::kNotYet;
    if (run_ != changes_.run_) {
      run_ = changes_.run_;
      next_.reset();
      return Taken::kNotYet;
    }
    if (next_ && *next_ < changes_.floor_) next_.reset();
    if (!next_ && position < changes_.floor_) return Taken::kNotYet;
    is_behind_ = position < changes_.published_;
    const std::optional<Position> after = std::exchange(next_, position);
    if (!after) return Taken::kAllRows;
    for (const auto& batch : changes_.batches_) {
      if (batch->position > *after && batch->position <= position) batches.push_back(batch);
    }
  }
  for (const auto& batch : batches) {
    batch->rows.visit(range_, [&](std::string_view key) {
      if (!keys.contains(key)) keys.emplace(key);
      return Scan::kGoOn;
    });
  }
  return Taken::kChanges;
}

std::string TableWatch::resume_token(Position position) const {
  char tag[16];
  const auto end = std::to_chars(tag, tag + sizeof tag, tag_of(run_, range_), 16).ptr;
  return std::to_string(position.value) + "." + std::string(tag, end);
}

bool TableWatch::wait_for_changes(std::chrono::milliseconds patience) {
  std::unique_lock lock(changes_.mutex_);
  return changed_.wait_for(lock, patience, [this] { return is_behind_ || changes_.closed_; });
}

void TableWatch::wait_for_publication(Position position, std::chrono::milliseconds patience) {
  std::unique_lock lock(changes_.mutex_);
  changes_.published_changed_.wait_for(lock, patience, [&] {
    return changes_.closed_ || (!changes_.replacing_ && changes_.published_ >= position);
  });
}

}  // namespace mt
