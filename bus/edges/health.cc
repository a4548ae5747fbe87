#include "bus/edges/health.h"

#include <utility>

#include "bus/text_format.h"
#include "bus/validation.h"

namespace mt {
namespace {

using grpc::health::v1::HealthCheckRequest;

Result<std::string> service_of(std::string_view bytes) {
  HealthCheckRequest request;
  if (!request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return explain_parse_failure(*HealthCheckRequest::descriptor(), bytes);
  return std::move(*request.mutable_service());
}

}  // namespace

Health::Health(std::set<std::string> services) : services_(std::move(services)) {}

Result<Reply> Health::check(std::string_view request) const {
  MT_TRY(const std::string service, service_of(request));
  if (!knows(service)) return not_found("no service '" + shortened(service, 200) + "'");
  const std::lock_guard lock(mutex_);
  Reply reply;
  reply.message = std::make_shared<const Response>(response_for(service));
  return reply;
}

void Health::watch(std::string_view request, std::shared_ptr<ReplyStream> stream) {
  auto service = service_of(request);
  if (!service) return stream->finish(std::move(service).error());
  const std::lock_guard lock(mutex_);
  if (!serving_) return stream->finish(unavailable("the server is stopping"));
  std::erase_if(watchers_, [](const Watcher& watcher) { return !watcher.stream->is_open(); });
  stream->write(response_for(*service));
  watchers_.push_back({*std::move(service), std::move(stream)});
}

void Health::stop_serving() {
  const std::lock_guard lock(mutex_);
  serving_ = false;
  for (const Watcher& watcher : std::exchange(watchers_, {})) {
    watcher.stream->write(response_for(watcher.service));
    watcher.stream->finish(unavailable("the server is stopping"));
  }
}

Health::Response Health::response_for(const std::string& service) const {
  Response response;
  if (!knows(service))
    response.set_status(Response::SERVICE_UNKNOWN);
  else
    response.set_status(serving_ ? Response::SERVING : Response::NOT_SERVING);
  return response;
}

bool Health::knows(const std::string& service) const {
  return service.empty() || services_.contains(service);
}

}  // namespace mt
