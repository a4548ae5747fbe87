#include "modules/sys_timespace/server/country.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "modules/sys_timespace/server/languages.h"

namespace mt::sys_timespace {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr std::ptrdiff_t kMaxName = 200;

// Names by BCP 47 tag, in the order of the tags.
using Names = std::map<std::string, std::string>;

std::ptrdiff_t code_points(const std::string& text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

Result<Names> names_of(const v1::RegisterCountryRequest& request) {
  Names names;
  for (const auto& [language, name] : request.names()) {
    const std::string tag = language_tag(language);
    const std::string field = "names[\"" + language + "\"]";
    if (tag.empty()) return invalid_field(field, "is not a language tag; write it like \"pt-BR\"");
    if (tag == kEnglish)
      return invalid_field(field, "the English name belongs into the field name");
    if (name.empty() || code_points(name) > kMaxName) {
      return invalid_field(field, "must have 1 to " + std::to_string(kMaxName) + " characters");
    }
    if (!names.emplace(tag, name).second) {
      return invalid_field(field, "names the language " + tag + " a second time");
    }
  }
  return names;
}

v1::CountryRegistered registered(const v1::RegisterCountryRequest& request, const Names& names) {
  v1::CountryRegistered country;
  country.set_alpha3(request.alpha3());
  country.set_numeric(request.numeric());
  country.set_name(request.name());
  country.set_official_name(request.official_name());
  country.set_flag(request.flag());
  for (const auto& [language, name] : names) {
    v1::LocalizedName& localized = *country.add_names();
    localized.set_language(language);
    localized.set_name(name);
  }
  return country;
}

Result<Decision<Country::Event>> register_country(const Country::State& state,
                                                  const v1::RegisterCountryRequest& request,
                                                  const DecideContext& context) {
  MT_TRY(const Names names, names_of(request));
  v1::CountryRegistered country = registered(request, names);
  v1::RegisterCountryResponse response;
  response.set_country_code(context.id);
  if (context.exists()) {
    if (MessageDifferencer::Equals(state, country)) {
      return nothing_to_do<Country::Event>(std::move(response));
    }
    return already_exists("country " + context.id + " is registered with other data");
  }
  v1::CountryEvent event;
  *event.mutable_registered() = std::move(country);
  return accept(std::move(event), std::move(response));
}

}  // namespace

Result<Decision<Country::Event>> Country::decide(const State& state, const Command& command,
                                                 const DecideContext& context) {
  switch (command.command_case()) {
    case Command::kRegister:
      return register_country(state, command.register_(), context);
    case Command::COMMAND_NOT_SET:
      break;
  }
  return invalid_argument("the command is empty");
}

void Country::evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kRegistered:
      state = event.registered();
      break;
    case Event::EVENT_NOT_SET:
      break;
  }
}

}  // namespace mt::sys_timespace
