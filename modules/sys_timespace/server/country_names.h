// CountryNames: the table of the countries' names, a row a country and language, English among
// them; and CountryNamer, which tells them within one answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "modules/sys_timespace/server/v1.h"
#include "projections/projection.h"
#include "projections/table.h"

namespace mt::sys_timespace {

class CountryNames final : public ProjectionOf<v1::CountryEvent> {
 public:
  TableBase& table() override { return rows_; }
  using ProjectionOf::apply;
  void apply(const v1::CountryEvent& event, const EventMeta& meta, KvWriter& kv) override;

  std::optional<std::string> find(const KvReader& kv, std::string_view country_code,
                                  std::string_view language) const;
  // Of one country, in the order of the languages' tags.
  Result<std::vector<v1::CountryNameRow>> all_of(const KvReader& kv,
                                                 std::string_view country_code) const;

 private:
  Table<v1::CountryNameRow> rows_{"sys_timespace_country_names",
                                  [](const v1::CountryNameRow& row) -> std::string {
                                    return Key().text(row.country_code()).text(row.language());
                                  }};
};

// Names countries in the language that a request asks for, each country looked up once. Lives as
// long as the request's view of the tables.
class CountryNamer {
 public:
  // `fallback`: the language that serves where the asked one has no name.
  CountryNamer(const CountryNames& names, const KvReader& kv, std::string_view asked,
               std::string_view fallback);

  // Empty when the country is not registered. Lasts until the next call.
  const std::string& name_of(const std::string& country_code);
  Result<std::vector<v1::CountryNameRow>> all_of(std::string_view country_code) const;

 private:
  std::string look_up(std::string_view country_code) const;

  const CountryNames& names_;
  const KvReader& kv_;
  const std::vector<std::string> languages_;                // in the order in which they are tried
  std::vector<std::pair<std::string, std::string>> known_;  // code and name; few
};

}  // namespace mt::sys_timespace
