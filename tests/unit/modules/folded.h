// A projection over a table in memory: events in, queries out, no node around it.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "events/base/check.h"
#include "events/event_codec.h"
#include "events/memory/memory_kv.h"
#include "projections/projection.h"
#include "tests/unit/modules/given.h"

namespace mt::test {

template <typename P>
class Folded {
 public:
  Folded() {
    auto stores = projection_.table().open(kv_, projection_.version());
    check(stores.has_value(), "a table in memory opens");
    projection_.table().bind(*std::move(stores));
  }

  template <typename Event>
  void apply(const std::string& category, const std::string& id, const Event& event) {
    const StreamId stream{category, id};
    const Origin origin{"system", "", "", ""};
    const CommandId command{"c"};
    ++position_.value;
    const EventMeta meta{position_, {1}, stream, at_second(1'700'000'000), origin, command};
    const auto written =
        kv_.write([&](KvWriter& kv) { return projection_.apply(encode_event(event), meta, kv); });
    check(written.has_value(), "a table in memory takes what is written");
  }

  const P* operator->() const { return &projection_; }
  const P& projection() const { return projection_; }
  std::unique_ptr<KvReader> read() const { return kv_.read(); }

 private:
  MemoryKv kv_;
  P projection_;
  Position position_;
};

}  // namespace mt::test
