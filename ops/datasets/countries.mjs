// The countries of ISO 3166-1 as commands, with their names in all languages that Debian's iso-codes
// package has translations for; and the few that have places but no code there.
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';

import gettext from 'gettext-parser';

import {furtherCountries} from './further_countries.mjs';
import {byId} from './set_file.mjs';

const COUNTRIES = 249;
const CATALOGUE = join('LC_MESSAGES', 'iso_3166-1.mo');
// gettext's modifiers that are scripts of BCP 47.
const SCRIPTS = {latin: 'Latn', iqtelif: 'Latn', cyrillic: 'Cyrl'};

// "pt_BR" → "pt-BR", "sr@latin" → "sr-Latn".
export function languageTag(locale) {
  const [language, modifier] = locale.split('@');
  const [code, region] = language.split('_');
  return [code, SCRIPTS[modifier], region].filter(Boolean).join('-');
}

// Locale → catalogue: a map from the English text to the translated one.
export function readCatalogues(folder) {
  const catalogues = new Map();
  if (!existsSync(folder)) return catalogues;
  for (const locale of readdirSync(folder).sort()) {
    const file = join(folder, locale, CATALOGUE);
    if (existsSync(file)) catalogues.set(languageTag(locale), readCatalogue(file));
  }
  return catalogues;
}

function readCatalogue(file) {
  const messages = gettext.mo.parse(readFileSync(file)).translations[''] ?? {};
  const texts = new Map();
  for (const {msgid, msgstr} of Object.values(messages)) {
    if (msgid && msgstr[0]) texts.set(msgid, msgstr[0]);
  }
  return texts;
}

// The translation of the common name ("Bolivia") where there is one, or else of the formal one.
function translate(country, texts) {
  return texts.get(country.common_name) ?? texts.get(country.name);
}

function command(request) {
  return {id: request.country_code, method: 'sys.timespace.v1.CountryService/RegisterCountry', request};
}

export function countryCommand(country, catalogues) {
  const names = {};
  for (const [language, texts] of catalogues) {
    const name = translate(country, texts);
    if (name) names[language] = name.normalize('NFC');
  }
  return command({
    country_code: country.alpha_2,
    alpha3: country.alpha_3,
    numeric: country.numeric,
    name: country.common_name ?? country.name,
    official_name: country.official_name,
    flag: country.flag,
    names,
  });
}

// Sorted by country code.
export function countryCommands({isoCodes, locale, say}) {
  const file = join(isoCodes, 'json', 'iso_3166-1.json');
  if (!existsSync(file)) throw new Error(`${file} is missing; install Debian's package iso-codes`);
  const countries = JSON.parse(readFileSync(file, 'utf8'))['3166-1'];
  if (countries.length !== COUNTRIES) {
    say(`${file} holds ${countries.length} countries where ${COUNTRIES} are known; going on with those`);
  }
  const catalogues = readCatalogues(locale);
  if (catalogues.size === 0) {
    // Minimal images tell dpkg to leave /usr/share/locale out.
    say(`no translations under ${locale}: countries have English names only. To get them, remove the ` +
        'path-exclude of /usr/share/locale from /etc/dpkg/dpkg.cfg.d and reinstall iso-codes');
  }
  const further = furtherCountries([...catalogues.keys()]).map(command);
  return [...countries.map((country) => countryCommand(country, catalogues)), ...further].sort(byId);
}
