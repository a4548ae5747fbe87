#include "tests/scenario/city_import.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <stdexcept>

#include "tests/fixture/built.h"

namespace mt::test {
namespace {

using sys::timespace::v1::RegisterPlaceRequest;

RegisterPlaceRequest request_in(const std::string& line) {
  google::protobuf::Struct command;
  RegisterPlaceRequest request;
  std::string json;
  namespace util = google::protobuf::util;
  if (!util::JsonStringToMessage(line, &command).ok() ||
      !util::MessageToJsonString(command.fields().at("request"), &json).ok() ||
      !util::JsonStringToMessage(json, &request).ok())
    throw std::runtime_error("not a command of a bootstrap set: " + line);
  return request;
}

// Nothing was decided; everything else is an answer.
bool is_unanswered(Code code) {
  return code == Code::kUnavailable || code == Code::kDeadlineExceeded || code == Code::kCancelled;
}

}  // namespace

std::vector<RegisterPlaceRequest> first_cities(std::size_t count) {
  const auto path = build_folder() / "share/maintemplate/bootstrap/sys_timespace/cities.ndjson";
  std::ifstream file(path);
  std::vector<RegisterPlaceRequest> cities;
  std::string line;
  std::getline(file, line);  // the header
  while (cities.size() < count && std::getline(file, line)) cities.push_back(request_in(line));
  if (cities.size() < count) throw std::runtime_error(path.string() + " is too short");
  return cities;
}

void CityImport::run(const Client& client, std::size_t acknowledgements) {
  std::unique_lock lock(mutex_);
  const std::size_t wanted = acknowledged_.size() + acknowledgements;
  while (acknowledged_.size() < wanted && refusal_.empty()) {
    if (in_flight_ < kInFlight && (next_ < cities_.size() || !again_.empty())) {
      send_next(client);
    } else if (in_flight_ > 0) {
      changed_.wait(lock);
    } else {
      return;  // all are in
    }
  }
}

void CityImport::send_next(const Client& client) {
  std::size_t index = next_;
  if (again_.empty()) {
    ++next_;
  } else {
    index = again_.back();
    again_.pop_back();
  }
  ++in_flight_;
  CallOptions options;
  options.deadline = std::chrono::seconds(60);
  options.idempotency_key = "import/" + cities_[index].place_id();
  client.call_async("sys.timespace.v1.PlaceService/RegisterPlace",
                    cities_[index].SerializeAsString(), options,
                    [this, index](const Result<std::string>& reply, const CallOutcome& outcome) {
                      answered(index, reply, outcome);
                    });
}

void CityImport::answered(std::size_t index, const Result<std::string>& reply,
                          const CallOutcome& outcome) {
  const std::lock_guard lock(mutex_);
  --in_flight_;
  if (reply) {
    acknowledged_[cities_[index].place_id()] = outcome.position.value;
    replies_[cities_[index].place_id()] = *reply;
  } else if (is_unanswered(reply.error().code)) {
    again_.push_back(index);
  } else if (refusal_.empty()) {
    refusal_ = cities_[index].place_id() + ": " + reply.error().message;
  }
  changed_.notify_all();
}

void CityImport::settle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return in_flight_ == 0; });
}

bool CityImport::is_complete() const {
  const std::lock_guard lock(mutex_);
  return acknowledged_.size() == cities_.size();
}

std::map<std::string, std::uint64_t> CityImport::acknowledged() const {
  const std::lock_guard lock(mutex_);
  return acknowledged_;
}

std::map<std::string, std::string> CityImport::replies() const {
  const std::lock_guard lock(mutex_);
  return replies_;
}

std::string CityImport::refusal() const {
  const std::lock_guard lock(mutex_);
  return refusal_;
}

}  // namespace mt::test
