// LiveSource: the rows of one live query without their type: reads them from a view of the tables
// into the query's messages.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mt/api/v1/live.pb.h"
#include "projections/live_rows.h"

namespace mt {

// Where things are in the messages of a live query; found once, when its method is bound.
struct LiveShape {
  const google::protobuf::FieldDescriptor* resume = nullptr;  // of the request
  const google::protobuf::FieldDescriptor* live = nullptr;    // of the response, as `rows`
  const google::protobuf::FieldDescriptor* rows = nullptr;

  // FAILED_PRECONDITION when the method's request has no `string resume`, or its response not one
  // mt.api.v1.Live and one list of `row`.
  static Result<LiveShape> of(const google::protobuf::MethodDescriptor& method,
                              const google::protobuf::Descriptor& row);

  std::string resume_of(const google::protobuf::Message& request) const;
  api::v1::Live& live_of(google::protobuf::Message& response) const;
};

class LiveSource {
 public:
  virtual ~LiveSource() = default;

  virtual const std::string& table() const = 0;
  virtual const RowRange& range() const = 0;
  // A message of the method's response, still empty.
  virtual std::unique_ptr<google::protobuf::Message> response() const = 0;

  // Adds the row with that key, or, when it is not in the result any more, says so. Gives the bytes
  // that this takes in the message.
  virtual std::size_t add(const KvReader& kv, std::string_view key,
                          google::protobuf::Message& response) const = 0;
  // Adds the rows behind `token`, as many as a page holds, and gives the token for those behind
  // them: empty when that was all.
  virtual Result<std::string> add_page(const KvReader& kv, const std::string& token,
                                       google::protobuf::Message& response) const = 0;
  // Once all rows are added.
  virtual void complete(const KvReader& kv, google::protobuf::Message& response) const = 0;
};

template <typename Response, typename Row>
class LiveSourceOf final : public LiveSource {
 public:
  LiveSourceOf(const LiveShape& shape, LiveRows<Row> rows) : shape_(shape), of_(std::move(rows)) {}

  const std::string& table() const override { return of_.table.name(); }
  const RowRange& range() const override { return of_.range; }
  std::unique_ptr<google::protobuf::Message> response() const override {
    return std::make_unique<Response>();
  }

  std::size_t add(const KvReader& kv, std::string_view key,
                  google::protobuf::Message& response) const override {
    std::optional<Row> row = of_.table.get(kv, key);
    if (!row || !of_.table.is_in(of_.range, *row) || !is_kept(*row)) {
      shape_.live_of(response).add_removed(key.data(), key.size());
      return key.size();
    }
    return add_row(key, *std::move(row), response);
  }

  Result<std::string> add_page(const KvReader& kv, const std::string& token,
                               google::protobuf::Message& response) const override {
    MT_TRY(auto page,
           of_.table.page(kv, of_.index, of_.range.prefix, {kMaxPageSize, token, 0}, of_.order));
    for (Row& row : page.rows) {
      if (!is_kept(row)) continue;
      const std::string key = of_.table.key_of(row);
      add_row(key, std::move(row), response);
    }
    return std::move(page.next_token);
  }

  void complete(const KvReader& kv, google::protobuf::Message& response) const override {
    if (of_.completes) of_.completes(kv, rows_of(response));
  }

 private:
  bool is_kept(const Row& row) const { return !of_.keeps || of_.keeps(row); }

  std::vector<Row*> rows_of(google::protobuf::Message& response) const {
    const google::protobuf::Reflection& fields = *response.GetReflection();
    std::vector<Row*> rows;
    for (int i = 0; i < fields.FieldSize(response, shape_.rows); ++i) {
      rows.push_back(static_cast<Row*>(fields.MutableRepeatedMessage(&response, shape_.rows, i)));
    }
    return rows;
  }

  std::size_t add_row(std::string_view key, Row row, google::protobuf::Message& response) const {
    const std::size_t bytes = key.size() + row.ByteSizeLong();
    shape_.live_of(response).add_keys(key.data(), key.size());
    auto* added = response.GetReflection()->AddMessage(&response, shape_.rows);
    static_cast<Row&>(*added) = std::move(row);
    return bytes;
  }

  const LiveShape shape_;
  const LiveRows<Row> of_;
};

}  // namespace mt
