// Erasures: the table of the receipts of erased subjects.
#pragma once

#include <optional>
#include <string_view>

#include "projections/projection.h"
#include "projections/table.h"
#include "sys/core/v1/storage.pb.h"

namespace mt::sys_core {

namespace v1 = ::sys::core::v1;

class Erasures final : public ProjectionOf<v1::ErasureEvent> {
 public:
  TableBase& table() override { return rows_; }
  using ProjectionOf::apply;
  void apply(const v1::ErasureEvent& event, const EventMeta& meta, KvWriter& kv) override;

  std::optional<v1::ErasureRow> find(const KvReader& kv, std::string_view subject) const;
  Result<v1::ListErasuresResponse> list(const v1::ListErasuresRequest& request,
                                        const KvReader& kv) const;

 private:
  Table<v1::ErasureRow> rows_{"sys_core_erasures", [](const v1::ErasureRow& row) -> std::string {
                                return Key().text(row.receipt().subject());
                              }};
};

}  // namespace mt::sys_core
