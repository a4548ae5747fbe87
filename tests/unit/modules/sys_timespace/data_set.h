// The bootstrap sets of the world, as the build's target `datasets` made them.
#pragma once

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <functional>
#include <string>

#include "events/base/check.h"
#include "tests/fixture/built.h"

namespace mt::sys_timespace {

class DataSet {
 public:
  // "countries" or "cities".
  explicit DataSet(const std::string& set)
      : file_(test::build_folder() / "share/maintemplate/bootstrap/sys_timespace" /
              (set + ".ndjson")) {
    check(file_.is_open(), "the target `datasets` was built");
    std::string line;
    std::getline(file_, line);
    parse(line, header_);
  }

  const google::protobuf::Struct& header() const { return header_; }
  const std::string& text(const std::string& key) const {
    return header_.fields().at(key).string_value();
  }

  // Visits the commands in the order of the file, once.
  template <typename Request>
  void each(const std::string& method,
            const std::function<void(const std::string& id, const Request& request)>& visit) {
    const std::string middle = R"(","method":")" + method + R"(","request":)";
    for (std::string line; std::getline(file_, line);) {
      const std::size_t at = line.find(middle);
      check(line.starts_with(R"({"id":")") && at != std::string::npos && line.back() == '}',
            "each line is a command of that method");
      Request request;
      const std::size_t begin = at + middle.size();
      parse(line.substr(begin, line.size() - begin - 1), request);
      visit(line.substr(7, at - 7), request);
    }
  }

 private:
  // Unknown fields are errors, as they are when a set is applied.
  static void parse(const std::string& json, google::protobuf::Message& message) {
    const auto status = google::protobuf::util::JsonStringToMessage(json, &message);
    check(status.ok(), "a line of a set is what its method takes");
  }

  std::ifstream file_;
  google::protobuf::Struct header_;
};

}  // namespace mt::sys_timespace
