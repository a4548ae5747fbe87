// A container as the next release would be: it has a new version of the table of places, and the
// code of the one before. MT_TEST_PLACES names what the new one does: "renames" names some places
// otherwise, "throws" fails on the place MT_TEST_PLACE; else its rows are the same.
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "modules/mod_main/module.h"
#include "modules/sys_main/sys_main.h"
#include "modules/sys_timespace/module.h"
#include "modules/sys_timespace/server/places.h"
#include "ops/runtime/container.h"

namespace mt::test {
namespace {

using sys_timespace::Places;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

class NewPlaces final : public Places {
 public:
  std::uint32_t version() const override { return 3; }
  using Places::apply;
  void apply(const sys_timespace::v1::PlaceEvent& event, const EventMeta& meta,
             KvWriter& kv) override {
    if (way_ == "throws" && meta.stream.id == place_) throw std::runtime_error("no room for it");
    if (way_ != "renames" || event.registered().country_code() != "LI") {
      Places::apply(event, meta, kv);
      return;
    }
    sys_timespace::v1::PlaceEvent renamed = event;
    renamed.mutable_registered()->set_name("New " + event.registered().name());
    Places::apply(renamed, meta, kv);
  }

 private:
  const std::string way_ = environment("MT_TEST_PLACES");
  const std::string place_ = environment("MT_TEST_PLACE");
};

Module renewed_timespace() {
  return sys_timespace::sys_timespace([](Module& module) -> std::shared_ptr<Places> {
    module.earlier<Places>();
    return module.projection<NewPlaces>();
  });
}

}  // namespace
}  // namespace mt::test

int main(int argc, char** argv) {
  std::vector<mt::Module> modules;
  for (mt::Module& module : mt::sys_main()) {
    const bool is_renewed = module.name().value == "sys_timespace";
    modules.push_back(is_renewed ? mt::test::renewed_timespace() : std::move(module));
  }
  modules.push_back(mt::mod_main::mod_main());
  return mt::run_container("renewed", MT_VERSION, std::move(modules), argc, argv);
}
