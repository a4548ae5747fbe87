// BootstrapSets: the table of the sets that were applied.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "projections/projection.h"
#include "projections/table.h"
#include "sys/core/v1/storage.pb.h"

namespace mt::sys_core {

namespace v1 = ::sys::core::v1;

class BootstrapSets final : public ProjectionOf<v1::BootstrapSetEvent> {
 public:
  TableBase& table() override { return rows_; }
  using ProjectionOf::apply;
  void apply(const v1::BootstrapSetEvent& event, const EventMeta& meta, KvWriter& kv) override;

  std::optional<v1::BootstrapSetRow> find(const KvReader& kv, std::string_view module,
                                          std::string_view set) const;

 private:
  Table<v1::BootstrapSetRow> rows_{"sys_core_bootstrap_sets",
                                   [](const v1::BootstrapSetRow& row) -> std::string {
                                     return Key().text(row.module()).text(row.set());
                                   }};
};

}  // namespace mt::sys_core
