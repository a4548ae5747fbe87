// Api: binds the methods of one service, a line each. Request and response types come from the
// handlers' signatures and are checked against the .proto when the node starts.
#pragma once

#include <google/protobuf/descriptor.h>

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "actors/deliver.h"
#include "actors/deps.h"
#include "actors/entity.h"
#include "actors/live_query.h"
#include "actors/live_source.h"
#include "bus/dispatcher.h"
#include "bus/method.h"
#include "events/kv.h"

namespace mt {

// What a query's handler works with: one consistent view of the tables.
struct Query {
  const CallContext& call;
  const KvReader& tables;
};

namespace detail {
// The request type of a handler `Result<Response>(const Request&, Context)`.
template <typename F>
struct Signature : Signature<decltype(&F::operator())> {};
template <typename C, typename R, typename Request, typename... Rest>
struct Signature<R (C::*)(const Request&, Rest...) const> {
  using RequestType = Request;
  using ReturnType = R;
};
}  // namespace detail

class Api {
 public:
  // `entities` are those of the module; `deliver` takes commands to them. All that is given
  // outlives the methods.
  Api(const google::protobuf::ServiceDescriptor& service, const Deps& deps,
      const std::vector<const EntityType*>& entities, Deliver deliver);

  // All commands of the service whose request is a case of E::Command's oneof go to that entity.
  // The method's rule names the request field with the entity's id.
  template <Entity E>
  Result<void> entity() {
    return bind_entity(entity_type<E>());
  }

  // `Result<Response>(const Request&, const Query&)`, run inline: reads tables, never blocks.
  template <typename Handler>
  Result<void> query(const std::string& method, Handler handler) {
    using Request = typename detail::Signature<Handler>::RequestType;
    using Response = typename detail::Signature<Handler>::ReturnType::value_type;
    return bind_unary(
        method, *Request::descriptor(), *Response::descriptor(), Threading::kInline,
        [handler = std::move(handler), &node = deps_.node](std::shared_ptr<const CallContext> call,
                                                           std::shared_ptr<const Message> request,
                                                           Respond respond) {
          respond(as_reply(node.tables().read([&](const KvReader& tables) {
            return handler(static_cast<const Request&>(*request), Query{*call, tables});
          })));
        });
  }

  // `Result<Response>` or `Result<Reply>(const Request&, std::shared_ptr<const CallContext>)`, run
  // on the worker pool: may block. With Reply, name the response's type: api.task<Response>(…).
  template <typename ResponseOf = void, typename Handler>
  Result<void> task(const std::string& method, Handler handler) {
    using Request = typename detail::Signature<Handler>::RequestType;
    using Returned = typename detail::Signature<Handler>::ReturnType::value_type;
    using Response = std::conditional_t<std::is_void_v<ResponseOf>, Returned, ResponseOf>;
    return bind_unary(
        method, *Request::descriptor(), *Response::descriptor(), Threading::kWorker,
        [handler = std::move(handler)](std::shared_ptr<const CallContext> call,
                                       std::shared_ptr<const Message> request, Respond respond) {
          respond(
              of_type(*Response::descriptor(),
                      as_reply(handler(static_cast<const Request&>(*request), std::move(call)))));
        });
  }

  // `Result<LiveRows<Row>>(const Request&, const CallContext&)`: the rows that the query tells, and
  // whose changes it tells from then on (docs/AUTHOR_GUIDE.md). The request has a field `string
  // resume`, the response one mt.api.v1.Live and one list of the rows.
  template <typename Response, typename Handler>
  Result<void> live_query(const std::string& method, Handler handler, LiveLimits limits = {}) {
    using Request = typename detail::Signature<Handler>::RequestType;
    using Row = typename detail::Signature<Handler>::ReturnType::value_type::RowType;
    MT_TRY(const auto* descriptor,
           method_of(method, *Request::descriptor(), *Response::descriptor()));
    MT_TRY(const LiveShape shape, LiveShape::of(*descriptor, *Row::descriptor()));
    const auto run = [handler = std::move(handler), shape, limits, &node = deps_.node](
                         const Request& request, const CallContext& call,
                         ReplyStream& stream) -> Result<void> {
      MT_TRY(LiveRows<Row> rows, handler(request, call));
      const LiveSourceOf<Response, Row> source(shape, std::move(rows));
      LiveQuery query(node.tables(), source, shape, stream, limits);
      return query.run(shape.resume_of(request), call.deadline);
    };
    return watch<Response>(method,
                           [run](const Request& request, std::shared_ptr<const CallContext> call,
                                 ReplyStream& stream) { return run(request, *call, stream); });
  }

  // `Result<void>(const Request&, std::shared_ptr<const CallContext>, ReplyStream&)`, run on the
  // worker pool until it returns; its result ends the stream.
  template <typename Response, typename Handler>
  Result<void> watch(const std::string& method, Handler handler) {
    using Request = typename detail::Signature<Handler>::RequestType;
    return bind_stream(
        method, *Request::descriptor(), *Response::descriptor(),
        [handler = std::move(handler)](std::shared_ptr<const CallContext> call,
                                       std::shared_ptr<const Message> request,
                                       std::shared_ptr<ReplyStream> stream) {
          stream->finish(handler(static_cast<const Request&>(*request), std::move(call), *stream));
        });
  }

 private:
  static Result<Reply> as_reply(Result<Reply> reply) { return reply; }
  template <typename Response>
  static Result<Reply> as_reply(Result<Response> response) {
    if (!response) return std::move(response).error();
    Reply reply;
    reply.message = std::make_shared<const Response>(*std::move(response));
    return reply;
  }
  // INTERNAL when a handler or an entity answers with another message than the method's: a caller
  // would read its bytes as something else.
  static Result<Reply> of_type(const google::protobuf::Descriptor& response, Result<Reply> reply);

  Result<void> bind_entity(const EntityType& type);
  Result<void> bind_command(const google::protobuf::MethodDescriptor& method,
                            const google::protobuf::FieldDescriptor& command_case,
                            const EntityType& type);
  Result<void> bind_unary(const std::string& method, const google::protobuf::Descriptor& request,
                          const google::protobuf::Descriptor& response, Threading threading,
                          UnaryHandler handler);
  Result<void> bind_stream(const std::string& method, const google::protobuf::Descriptor& request,
                           const google::protobuf::Descriptor& response, StreamHandler handler);
  Result<const google::protobuf::MethodDescriptor*> method_of(
      const std::string& name, const google::protobuf::Descriptor& request,
      const google::protobuf::Descriptor& response) const;

  const google::protobuf::ServiceDescriptor& service_;
  const Deps& deps_;
  const std::vector<const EntityType*>& entities_;
  const Deliver deliver_;
};

// A plain message as the Reply of a task.
template <typename Response>
Reply reply_of(Response response) {
  Reply reply;
  reply.message = std::make_shared<const Response>(std::move(response));
  return reply;
}

// The id of a new entity whose request names none: derived from the command id, so that a repeated
// command meets the same entity. 26 characters of [a-z2-7].
std::string entity_id_from(const CommandId& command);

}  // namespace mt
