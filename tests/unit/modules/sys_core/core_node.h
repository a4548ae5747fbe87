// A node in memory that runs sys_core and mod_main, with bootstrap sets that a test writes by hand.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "events/crypto/blake2b.h"
#include "modules/mod_main/module.h"
#include "modules/sys_core/module.h"
#include "sys/core/v1/core.pb.h"
#include "tests/fixture/given.h"
#include "tests/fixture/test_node.h"

namespace mt::sys_core {

namespace v1 = ::sys::core::v1;

// Sets as a container would find them in files.
class SetsByHand final : public DataSets {
 public:
  struct Entry {
    DataSet set;
    std::vector<DataSetCommand> commands;
  };

  Entry& add(const std::string& module, const std::string& name) {
    Entry& entry = entries_.emplace_back();
    entry.set.module = {module};
    entry.set.name = name;
    return entry;
  }
  Entry& at(std::size_t index) { return entries_[index]; }

  Result<std::vector<DataSet>> list() const override {
    std::vector<DataSet> sets;
    for (const Entry& entry : entries_) {
      sets.push_back(entry.set);
      sets.back().commands = entry.commands.size();
    }
    return sets;
  }
  Result<void> read(const ModuleName& module, const std::string& name,
                    const std::function<Result<void>(DataSetCommand)>& visit) const override {
    for (const DataSetCommand& command : find(module, name).commands) {
      MT_CHECK_OK(visit(command));
    }
    return {};
  }
  Result<std::string> fingerprint(const ModuleName& module,
                                  const std::string& name) const override {
    Blake2b256 hash;
    for (const DataSetCommand& command : find(module, name).commands) {
      hash.add(command.id + command.method + command.request_json);
    }
    return to_hex(hash.finish());
  }

 private:
  const Entry& find(const ModuleName& module, const std::string& name) const {
    for (const Entry& entry : entries_) {
      if (entry.set.module == module && entry.set.name == name) return entry;
    }
    check(false, "the test has the set");
    return entries_.front();
  }

  std::vector<Entry> entries_;
};

inline DataSetCommand post_notice(std::uint64_t line, const std::string& id,
                                  const std::string& title) {
  return {line, id, "mod.main.v1.NoticeService/PostNotice",
          R"({"org_id":"choir","notice_id":")" + id + R"(","title":")" + title +
              R"(","text":"At seven."})"};
}

class CoreNode {
 public:
  CoreNode() : node_(test::test_settings(), modules(), ports()) {
    const auto started = node_.start({});
    check(started.has_value(), started ? "" : started.error().message.c_str());
  }

  SetsByHand& sets() { return sets_; }
  test::NodeStorage& storage() { return storage_; }
  Node& node() { return node_; }
  Position head(const char* module) { return storage_.log.head({module}); }

  template <typename Response, typename Request>
  Result<Response> call(const std::string& method, Request request, test::CallAs as = {}) {
    const auto reply = node_.dispatcher().call_and_wait(
        test::TestNode::input_of("sys.core.v1." + method, std::move(as)),
        std::make_shared<const Request>(std::move(request)));
    if (!reply) return reply.error();
    return test::message_of<Response>(reply);
  }

  // All that a watch sends until it ends, or why it was refused.
  template <typename Response, typename Request>
  Result<std::vector<Response>> watch(const std::string& method, const Request& request,
                                      test::CallAs as = {}) {
    auto stream = std::make_shared<test::CollectingStream>();
    node_.dispatcher().watch(test::TestNode::input_of("sys.core.v1." + method, std::move(as)),
                             request.SerializeAsString(), stream);
    MT_CHECK_OK(stream->wait());
    std::vector<Response> responses;
    for (const std::string& bytes : stream->received()) {
      check(responses.emplace_back().ParseFromString(bytes), "a message of the stream parses");
    }
    return responses;
  }

  // The last report of an apply.
  Result<v1::ApplySetProgress> apply(const std::string& module, const std::string& set) {
    v1::ApplySetRequest request;
    request.set_module(module);
    request.set_set(set);
    MT_TRY(const auto all, watch<v1::ApplySetProgress>("BootstrapService/ApplySet", request));
    check(!all.empty() && all.back().done(), "the last report says that it is done");
    return all.back();
  }

 private:
  static std::vector<Module> modules() {
    std::vector<Module> modules;
    modules.push_back(sys_core());
    modules.push_back(mod_main::mod_main());
    return modules;
  }
  NodePorts ports() {
    return {storage_.log, storage_.kv, storage_.clock, storage_.secrets, sets_, *storage_.keys};
  }

  test::NodeStorage storage_;
  SetsByHand sets_;
  Node node_;
};

}  // namespace mt::sys_core
