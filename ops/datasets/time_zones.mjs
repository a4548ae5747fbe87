// The IANA time zone of a place. A lookup by coordinates alone errs near borders; tzdata knows which zones
// a country has, and sets it right.
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

import lookUp from '@photostructure/tz-lookup';

// Zones younger than some system's tzdata, with the zone that they were part of before.
const FORMER = {
  'America/Ciudad_Juarez': 'America/Ojinaga',
  'America/Coyhaique': 'America/Punta_Arenas',
  'Europe/Kyiv': 'Europe/Kiev',
};

// Country code → its zones, from tzdata's zone.tab; empty when that is not there.
export function zonesByCountry(zoneinfo) {
  const zones = new Map();
  const file = join(zoneinfo, 'zone.tab');
  if (!existsSync(file)) return zones;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [country, , zone] = line.split('\t');
    if (!zone || line.startsWith('#')) continue;
    if (!zones.has(country)) zones.set(country, []);
    zones.get(country).push(zone);
  }
  return zones;
}

export class TimeZones {
  #zoneinfo;
  #byCountry;
  #known = new Map();
  #placed = new Map(); // country → [{latitude, longitude, zone}] of those whose lookup fits the country

  // `cities`: neighbours to ask about a place whose own lookup does not fit its country.
  constructor(zoneinfo, cities) {
    this.#zoneinfo = zoneinfo;
    this.#byCountry = zonesByCountry(zoneinfo);
    for (const city of cities) {
      const zone = this.#found(city);
      if (!this.#fits(city, zone)) continue;
      if (!this.#placed.has(city.country)) this.#placed.set(city.country, []);
      this.#placed.get(city.country).push({at: city.loc.coordinates, zone});
    }
  }

  // A zone that this system knows, or "".
  of(city) {
    const zone = this.#found(city);
    if (this.#fits(city, zone)) return zone;
    const own = this.#byCountry.get(city.country);
    return this.#installed(own.length === 1 ? own[0] : this.#ofNearest(city) ?? zone);
  }

  #found(city) {
    const [longitude, latitude] = city.loc.coordinates;
    return this.#installed(lookUp(latitude, longitude));
  }

  // A country that zone.tab does not list has whatever zone its coordinates have.
  #fits(city, zone) {
    const own = this.#byCountry.get(city.country);
    return own === undefined || own.includes(zone);
  }

  #ofNearest(city) {
    const [longitude, latitude] = city.loc.coordinates;
    const narrow = Math.cos((latitude * Math.PI) / 180);
    let nearest;
    let least = Infinity;
    for (const {at, zone} of this.#placed.get(city.country) ?? []) {
      const distance = ((at[0] - longitude) * narrow) ** 2 + (at[1] - latitude) ** 2;
      if (distance < least) [least, nearest] = [distance, zone];
    }
    return nearest;
  }

  #installed(zone) {
    if (!this.#known.has(zone)) {
      const name = [zone, FORMER[zone]].find((one) => one && existsSync(join(this.#zoneinfo, one)));
      this.#known.set(zone, name ?? '');
    }
    return this.#known.get(zone);
  }
}
