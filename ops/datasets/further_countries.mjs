// Countries that GeoNames has places in and ISO 3166-1 no code for. GeoNames' codes are those that ISO
// leaves to its users; the names are those of Unicode's CLDR, which Node holds.
const FURTHER = [
  {alpha_2: 'XK', alpha_3: 'XKX', name: 'Kosovo', official_name: 'Republic of Kosovo', flag: '🇽🇰'},
];

function script(tag) {
  return new Intl.Locale(tag).maximize().script;
}

// Undefined where Node does not know the language, or knows it in another script only.
export function regionName(code, language) {
  if (Intl.DisplayNames.supportedLocalesOf([language]).length === 0) return undefined;
  const names = new Intl.DisplayNames([language], {type: 'region', fallback: 'none'});
  if (script(names.resolvedOptions().locale) !== script(language)) return undefined;
  return names.of(code)?.normalize('NFC');
}

// Requests of RegisterCountry, with names in those of the languages that Node knows.
export function furtherCountries(languages) {
  return FURTHER.map((country) => {
    const known = languages.map((language) => [language, regionName(country.alpha_2, language)]);
    return {
      country_code: country.alpha_2,
      alpha3: country.alpha_3,
      name: country.name,
      official_name: country.official_name,
      flag: country.flag,
      names: Object.fromEntries(known.filter(([, name]) => name)),
    };
  });
}
