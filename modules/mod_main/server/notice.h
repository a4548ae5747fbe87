// Notice: the entity. It is posted once, edited while it stands, and withdrawn for good.
#pragma once

#include <string>
#include <string_view>

#include "actors/entity.h"
#include "mod/main/v1/notices.pb.h"

namespace mt::mod_main {

namespace v1 = ::mod::main::v1;

struct Notice {
  static constexpr std::string_view kCategory = "notice";
  using Command = v1::NoticeCommand;
  using Event = v1::NoticeEvent;
  struct State {
    std::string org_id;
    std::string title;
    std::string text;
    bool withdrawn = false;
  };

  static Result<Decision<Event>> decide(const State& state, const Command& command,
                                        const DecideContext& context);
  static void evolve(State& state, const Event& event);
};

}  // namespace mt::mod_main
