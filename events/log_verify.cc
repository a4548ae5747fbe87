#include "events/log_verify.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "events/log_archive.h"

namespace mt {
namespace {

std::string at_anchor(const Anchor& anchor) {
  return "the anchor at position " + std::to_string(anchor.position.value);
}

// The anchors of one module, passed in the order of their positions.
class Anchors {
 public:
  Anchors(const ModuleName& module, std::vector<Anchor> anchors) : anchors_(std::move(anchors)) {
    std::erase_if(anchors_, [&](const Anchor& anchor) { return anchor.module != module; });
    std::ranges::sort(anchors_);
  }

  // Why the log that reached `end` is not the one of an anchor up to there; empty when it is.
  std::string pass(const Anchor& end) {
    for (; next_ < anchors_.size() && anchors_[next_].position <= end.position; ++next_) {
      const Anchor& anchor = anchors_[next_];
      if (anchor.position < end.position)
        return at_anchor(anchor) + " is at no end of a commit, so it is of another log";
      if (anchor.hash != end.hash)
        return at_anchor(anchor) + " has the hash " + to_hex(anchor.hash) + ", the log there " +
               to_hex(end.hash) + ": what it holds up to there is not what it held then";
    }
    return {};
  }
  // The same for a log that ends at `end`.
  std::string finish(const Anchor& end) const {
    if (next_ == anchors_.size()) return {};
    return at_anchor(anchors_[next_]) + " is beyond the end of the log, position " +
           std::to_string(end.position.value) + ": its end has been lost";
  }

 private:
  std::vector<Anchor> anchors_;
  std::size_t next_ = 0;
};

// What no reader of records looks at: whether a sealed file is the one that was sealed, to the
// byte.
Result<void> check_seals(const EventLog& log, const ModuleName& module) {
  const LogArchive* archive = log.archive();
  if (archive == nullptr) return {};
  for (const Segment& segment : archive->segments(module)) {
    MT_CHECK_OK(archive->check_file(segment));
  }
  return {};
}

}  // namespace

Result<VerifiedLog> verify_log(const EventLog& log, const ModuleName& module,
                               std::vector<Anchor> anchors, const OnLogProgress& progress) {
  VerifiedLog verified;
  verified.end.module = module;
  Anchors expected(module, std::move(anchors));
  verified.fault = expected.pass(verified.end);
  LogMeter meter(module, {}, log.head(module), progress);
  bool cancelled = false;
  const Result<void> scanned = log.scan(module, {1}, [&](const CommitRecord& record) {
    verified.end.position = record.last();
    verified.end.hash = record.hash;
    ++verified.commits;
    if (verified.fault.empty()) verified.fault = expected.pass(verified.end);
    cancelled = !meter.at(record.last());
    return cancelled ? Scan::kStop : Scan::kGoOn;
  });
  if (cancelled)
    return Error{Code::kCancelled, "the check of " + module.value + "'s log was cancelled"};
  verified.seconds = meter.seconds();
  // A record that does not hold is the graver fault, and it comes after those that were passed.
  if (!scanned) {
    if (scanned.error().code != Code::kDataLoss) return scanned.error();
    verified.fault = scanned.error().message;
  } else if (verified.fault.empty()) {
    verified.fault = expected.finish(verified.end);
  }
  if (verified.fault.empty()) {
    if (const auto seals = check_seals(log, module); !seals) {
      if (seals.error().code != Code::kDataLoss) return seals.error();
      verified.fault = seals.error().message;
    }
  }
  return verified;
}

std::optional<Hash> hash_from_hex(std::string_view text) {
  Hash hash{};
  if (text.size() != 2 * hash.size()) return std::nullopt;
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const char* const digits = text.data() + 2 * i;
    const auto [end, failure] = std::from_chars(digits, digits + 2, hash[i], 16);
    if (failure != std::errc() || end != digits + 2) return std::nullopt;
  }
  return to_hex(hash) == text ? std::optional(hash) : std::nullopt;
}

Result<Anchor> anchor_of(const EventLog& log, const ModuleName& module) {
  const Position head = log.head(module);
  if (head.value == 0) return Anchor{module, {}, {}};
  MT_TRY(const CommitRecord last, log.at(module, head));
  return Anchor{module, last.last(), last.hash};
}

}  // namespace mt
