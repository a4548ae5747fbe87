#include "modules/sys_timespace/server/country_names.h"

#include "modules/sys_timespace/server/languages.h"

namespace mt::sys_timespace {

void CountryNames::apply(const v1::CountryEvent& event, const EventMeta& meta, KvWriter& kv) {
  const auto put = [&](std::string_view language, const std::string& name) {
    v1::CountryNameRow row;
    row.set_country_code(meta.stream.id);
    row.set_language(std::string(language));
    row.set_name(name);
    rows_.put(kv, row);
  };
  switch (event.event_case()) {
    case v1::CountryEvent::kRegistered:
      put(kEnglish, event.registered().name());
      for (const v1::LocalizedName& name : event.registered().names()) {
        put(name.language(), name.name());
      }
      break;
    case v1::CountryEvent::EVENT_NOT_SET:
      break;
  }
}

std::optional<std::string> CountryNames::find(const KvReader& kv, std::string_view country_code,
                                              std::string_view language) const {
  auto row = rows_.get(kv, Key().text(country_code).text(language).bytes());
  if (!row) return std::nullopt;
  return std::move(*row->mutable_name());
}

Result<std::vector<v1::CountryNameRow>> CountryNames::all_of(const KvReader& kv,
                                                             std::string_view country_code) const {
  // A registration names at most 400 languages; their keys lie between the country and its end.
  std::vector<v1::CountryNameRow> all;
  const std::string from = Key().text(country_code).bytes();
  rows_.range(kv, "", from, from + "\xff", [&](const v1::CountryNameRow& row) {
    all.push_back(row);
    return Scan::kGoOn;
  });
  MT_CHECK_OK(kv.status());
  return all;
}

CountryNamer::CountryNamer(const CountryNames& names, const KvReader& kv, std::string_view asked,
                           std::string_view fallback)
    : names_(names), kv_(kv), languages_(languages_to_try(asked, fallback)) {}

const std::string& CountryNamer::name_of(const std::string& country_code) {
  for (const auto& [code, name] : known_) {
    if (code == country_code) return name;
  }
  return known_.emplace_back(country_code, look_up(country_code)).second;
}

Result<std::vector<v1::CountryNameRow>> CountryNamer::all_of(std::string_view country_code) const {
  return names_.all_of(kv_, country_code);
}

std::string CountryNamer::look_up(std::string_view country_code) const {
  for (const std::string& language : languages_) {
    if (auto name = names_.find(kv_, country_code, language)) return *std::move(name);
  }
  return {};
}

}  // namespace mt::sys_timespace
