// A node whose module answers each note that is written with an edit of it: the count of edits says
// how often. Building another one on the same storage is a restart.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/fixture/notes.h"
#include "tests/fixture/test_node.h"

namespace mt::test {

inline constexpr const char* kNotes = "test_notes";

using Answer = std::function<Result<CommandCalls>(const notes::NoteWritten&, const EventMeta&)>;

inline Result<CommandCalls> edit_once(const notes::NoteWritten& written, const EventMeta& meta) {
  return CommandCalls{{note_method("EditNote"), edit_note(meta.stream.id, written.text() + "!")}};
}

// Throws at what a better program answers.
inline Result<CommandCalls> edit_but_not_bad(const notes::NoteWritten& written,
                                             const EventMeta& meta) {
  if (written.text() == "bad") throw std::runtime_error("cannot answer that");
  return edit_once(written, meta);
}

inline NodeSettings quick_settings() {
  NodeSettings settings = test_settings();
  settings.reactors.poll = std::chrono::milliseconds(20);
  settings.reactors.mark_after = std::chrono::milliseconds(20);
  settings.reactors.first_back_off = std::chrono::milliseconds(1);
  settings.reactors.longest_back_off = std::chrono::milliseconds(20);
  return settings;
}

// One that ends as if it was killed: without a mark since its beginning.
inline NodeSettings killed_settings() {
  NodeSettings settings = quick_settings();
  settings.reactors.mark_after = std::chrono::hours(1);
  settings.reactors.patience = std::chrono::milliseconds(0);
  return settings;
}

struct ReactingParts {
  Answer answer = edit_once;
  bool from_start = false;
  std::string source = kNotes;
  NodeSettings settings = quick_settings();
  KvEnv* tables = nullptr;  // null: those of the storage
  // Reads events that the module no longer writes.
  std::function<Result<void>(Upcasters&)> upcasts = {};
};

class ReactingNode {
 public:
  explicit ReactingNode(NodeStorage& storage, ReactingParts parts = {})
      : storage_(storage), node_(parts.settings, modules(parts), ports(storage, parts)) {}

  Result<void> start() { return node_.start({}); }
  ReactingNode& must_start() {
    const auto started = start();
    check(started.has_value(), started ? "" : started.error().message.c_str());
    return *this;
  }
  Node& node() { return node_; }
  Reactors& reactors() { return node_.control().reactors(); }

  template <typename Request>
  Result<Reply> call(const std::string& method, Request request, CallAs as = {}) {
    return node_.dispatcher().call_and_wait(TestNode::input_of(note_method(method), std::move(as)),
                                            std::make_shared<const Request>(std::move(request)));
  }
  void write(const std::string& id, const std::string& text = "text") {
    const auto reply = call("WriteNote", write_note(id, text));
    check(reply.has_value(), reply ? "" : reply.error().message.c_str());
  }
  std::uint32_t edits(const std::string& id) {
    return message_of<notes::NoteRow>(call("GetNote", get_note(id))).edits();
  }

  ReactorInfo info() {
    auto found = reactors().find({kNotes}, "edit");
    check(found.has_value(), "the node has the reactor");
    return *std::move(found);
  }
  // Returns once it holds.
  ReactorInfo wait(const std::function<bool(const ReactorInfo&)>& holds) {
    for (;;) {
      ReactorInfo now = info();
      if (holds(now)) return now;
      std::this_thread::yield();
    }
  }
  // All that was written by now is answered for, but for what is parked.
  ReactorInfo settled() {
    const Position head = storage_.log.head({kNotes});
    return wait([&](const ReactorInfo& now) { return now.checkpoint >= head; });
  }

  Result<Reply> ask(reactors::v1::ReactorCommand command) {
    auto call = std::make_shared<CallContext>();
    call->caller = Caller::operator_here();
    call->command.id = {random_uuid()};
    call->origin.actor = "operator";
    call->deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    return reactors().ask({kNotes}, "edit", std::move(command), call);
  }
  Result<Reply> retry(const std::string& stream = {}) {
    reactors::v1::ReactorCommand command;
    command.mutable_retry()->set_stream(stream);
    return ask(command);
  }
  Result<Reply> drop(const std::string& stream, std::uint64_t position) {
    reactors::v1::ReactorCommand command;
    command.mutable_drop()->set_stream(stream);
    command.mutable_drop()->set_position(position);
    command.mutable_drop()->set_reason("a test");
    return ask(command);
  }

 private:
  static std::vector<Module> modules(const ReactingParts& parts) {
    std::vector<Module> modules;
    modules.push_back(notes_module());
    if (parts.upcasts) (void)parts.upcasts(modules.back().upcasters());
    Reactor& reactor = modules.back().reactor("edit").reads(parts.source);
    reactor.on<notes::NoteWritten>(parts.answer);
    if (parts.from_start) reactor.from_start();
    return modules;
  }
  static NodePorts ports(NodeStorage& storage, const ReactingParts& parts) {
    NodePorts ports = storage.ports();
    return {ports.log,       parts.tables ? *parts.tables : ports.tables,
            ports.clock,     ports.secrets,
            ports.data_sets, ports.keys};
  }

  NodeStorage& storage_;
  Node node_;
};

}  // namespace mt::test
