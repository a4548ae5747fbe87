#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cctype>
#include <istream>
#include <iterator>
#include <memory>

#include "ops/client/remote_schema.h"
#include "ops/mtctl/verbs.h"

namespace mt::mtctl {
namespace {

namespace pb = google::protobuf;

struct CallArguments {
  std::string method;
  std::string json = "{}";
  std::string idempotency_key;
  std::string correlation;
  std::vector<std::string> headers;  // "name: value"
};

Result<CallOptions> options_of(const Session& session, const CallArguments& arguments) {
  CallOptions options = session.options;
  options.idempotency_key = arguments.idempotency_key;
  options.correlation = arguments.correlation;
  for (const std::string& header : arguments.headers) {
    const std::size_t colon = header.find(':');
    if (colon == std::string::npos || colon == 0)
      return invalid_argument("--header '" + header + "' is not 'name: value'");
    std::string name = header.substr(0, colon);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const std::size_t value = header.find_first_not_of(' ', colon + 1);
    options.metadata.emplace_back(name, value == std::string::npos ? "" : header.substr(value));
  }
  return options;
}

std::string names_of_fields(const pb::Descriptor& type) {
  std::string names;
  for (int i = 0; i < type.field_count(); ++i)
    names += (i == 0 ? "" : ", ") + type.field(i)->name();
  return names.empty() ? "none" : names;
}

Result<std::unique_ptr<pb::Message>> parse_request(RemoteSchema& schema, const pb::Descriptor& type,
                                                   const std::string& json) {
  auto request = schema.make(type);
  const auto parsed = pb::util::JsonStringToMessage(json, request.get());
  if (!parsed.ok())
    return invalid_argument("the JSON is no " + type.full_name() + ": " +
                            std::string(parsed.message()) +
                            "\nIts fields: " + names_of_fields(type));
  return request;
}

std::string outcome_text(const CallOutcome& outcome) {
  std::string text = "command " + outcome.command.value;
  if (outcome.position.value > 0)
    text += ", " + outcome.module.value + " position " + std::to_string(outcome.position.value);
  return text + (outcome.repeated ? ", repeated: this is the stored answer" : "");
}

Result<std::unique_ptr<pb::Message>> parse_response(RemoteSchema& schema,
                                                    const pb::Descriptor& type,
                                                    std::string_view bytes) {
  auto response = schema.make(type);
  if (!response->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return internal("the answer is no " + type.full_name());
  return response;
}

Result<void> call_unary(Session& session, RemoteSchema& schema, const pb::MethodDescriptor& method,
                        const CallArguments& arguments, const std::string& request) {
  MT_TRY(const CallOptions options, options_of(session, arguments));
  CallOutcome outcome;
  MT_TRY(const std::string bytes,
         session.client.call(arguments.method, std::string_view(request), options, &outcome));
  MT_TRY(const auto response, parse_response(schema, *method.output_type(), bytes));
  session.output.message(*response);
  if (!outcome.command.value.empty()) session.output.note(outcome_text(outcome));
  return {};
}

Result<void> call_stream(Session& session, RemoteSchema& schema, const pb::MethodDescriptor& method,
                         const CallArguments& arguments, const std::string& request) {
  MT_TRY(const CallOptions options, options_of(session, arguments));
  Result<void> readable;
  auto ended = session.client.watch(
      arguments.method, std::string_view(request), Client::OnMessage([&](std::string_view bytes) {
        auto response = parse_response(schema, *method.output_type(), bytes);
        if (response)
          session.output.message(**response);
        else
          readable = std::move(response).error();
        return readable.has_value();
      }),
      options);
  return readable ? std::move(ended) : std::move(readable);
}

// Names the services when the one that was asked for is not among them.
Result<const pb::MethodDescriptor*> find_method(RemoteSchema& schema, const std::string& name) {
  auto method = schema.method(name);
  if (method || method.error().code != Code::kNotFound) return method;
  MT_TRY(const std::vector<std::string> services, schema.services());
  const std::string service = name.substr(0, name.find('/'));
  if (std::ranges::find(services, service) != services.end()) return method;
  std::string all;
  for (const std::string& each : services) all += "\n" + each;
  return not_found("this node has no service '" + service + "'; it has" + all);
}

Result<void> call(Session& session, CallArguments arguments) {
  if (arguments.json == "-") arguments.json.assign(std::istreambuf_iterator<char>(session.in), {});
  RemoteSchema schema(session.client);
  MT_TRY(const pb::MethodDescriptor* method, find_method(schema, arguments.method));
  if (method->client_streaming())
    return invalid_argument(arguments.method + " takes a stream of requests; mtctl sends one");
  MT_TRY(const auto message, parse_request(schema, *method->input_type(), arguments.json));
  const std::string request = message->SerializeAsString();
  return method->server_streaming() ? call_stream(session, schema, *method, arguments, request)
                                    : call_unary(session, schema, *method, arguments, request);
}

}  // namespace

void add_call_verb(CLI::App& app, Verb& chosen) {
  const auto arguments = std::make_shared<CallArguments>();
  CLI::App* command = app.add_subcommand("call", "Call any method; JSON in, JSON out");
  command->add_option("METHOD", arguments->method, "package.Service/Method")->required();
  command->add_option("JSON", arguments->json, "The request; - reads stdin; {} when left out");
  command->add_option("--idempotency-key", arguments->idempotency_key,
                      "Names a command for ever, so that it can be sent again safely");
  command->add_option("--correlation", arguments->correlation, "x-correlation-id of the call");
  command->add_option("--header", arguments->headers, "Further metadata, 'name: value'")
      ->allow_extra_args(false);
  command->callback([&chosen, arguments] {
    chosen = [arguments](Session& session) { return call(session, *arguments); };
  });
}

}  // namespace mt::mtctl
