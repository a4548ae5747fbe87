// A client that is not ours: gRPC for JavaScript, which knows the server by reflection alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import grpc from '@grpc/grpc-js';

import { startContainer } from './container.mjs';
import { listServices, reflectedService } from './reflection.mjs';

const kInsecure = grpc.credentials.createInsecure();
const kBerlin = {
  place_id: 'berlin',
  name: 'Berlin',
  country_code: 'DE',
  population: 3426354,
  latitude: 52.52437,
  longitude: 13.41053,
  time_zone: 'Europe/Berlin',
};

let container;
before(async () => { container = await startContainer(); });
after(async () => {
  if (container) assert.equal(await container.stop(), 0, container.said());
});

// A unary call: its response and its trailing metadata, or the error it was refused with.
function call(client, method, request, metadata = new grpc.Metadata()) {
  return new Promise((resolve, reject) => {
    let response;
    const options = { deadline: Date.now() + 30_000 };
    client[method](request, metadata, options, (error, answer) => {
      if (error) reject(error);
      response = answer;
    }).on('status', (status) => resolve({ response, trailers: status.metadata }));
  });
}

async function withClient(service, address, use) {
  const Service = await reflectedService(container.address, service);
  const client = new Service(address, kInsecure);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

const asAnyone = (service, use) => withClient(service, container.address, use);
const asOperator = (service, use) => withClient(service, container.socket, use);

test('reflection lists the services, in both of its versions', async () => {
  for (const version of ['v1', 'v1alpha']) {
    const services = await listServices(container.address, version);
    for (const service of ['grpc.health.v1.Health', 'mod.main.v1.NoticeService',
      'sys.accounts.v1.AuthService', 'sys.core.v1.StatusService',
      'sys.timespace.v1.PlaceService']) {
      assert.ok(services.includes(service), `${version} lacks ${service}: ${services}`);
    }
  }
});

test('a command of the local operator is seen by everybody, and has one effect', async () => {
  const key = new grpc.Metadata();
  key.set('idempotency-key', 'berlin-1');
  await asOperator('sys.timespace.v1.PlaceService', async (places) => {
    const first = await call(places, 'RegisterPlace', kBerlin, key);
    assert.equal(first.response.place_id, 'berlin');
    assert.match(first.trailers.get('mt-position')[0], /^sys_timespace=\d+$/);
    assert.deepEqual(first.trailers.get('mt-repeated'), []);

    const again = await call(places, 'RegisterPlace', kBerlin, key);
    assert.deepEqual(again.response, first.response);
    assert.deepEqual(again.trailers.get('mt-repeated'), ['true']);
    assert.deepEqual(again.trailers.get('mt-position'), first.trailers.get('mt-position'));
  });
  await asAnyone('sys.timespace.v1.PlaceService', async (places) => {
    const { response } = await call(
      places, 'FindNearest', { latitude: 52.5, longitude: 13.4, page_size: 3 });
    assert.equal(response.places.length, 1);
    assert.equal(response.places[0].name, 'Berlin');
    assert.ok(response.places[0].distance_km > 2 && response.places[0].distance_km < 4);
  });
});

test('a stranger may not register a place', async () => {
  await asAnyone('sys.timespace.v1.PlaceService', async (places) => {
    await assert.rejects(call(places, 'RegisterPlace', kBerlin),
      { code: grpc.status.UNAUTHENTICATED });
  });
});

test('a field out of range is named', async () => {
  await asAnyone('sys.timespace.v1.PlaceService', async (places) => {
    await assert.rejects(call(places, 'FindNearest', { latitude: 200, longitude: 0 }), (error) => {
      assert.equal(error.code, grpc.status.INVALID_ARGUMENT);
      assert.match(error.details, /latitude/);
      assert.match(error.metadata.get('grpc-status-details-bin')[0].toString('latin1'),
        /google\.rpc\.BadRequest/);
      return true;
    });
  });
});

test('half a point is no point, but zero is one', async () => {
  await asAnyone('sys.timespace.v1.PlaceService', async (places) => {
    await assert.rejects(call(places, 'FindNearest', { latitude: 52.5 }),
      { code: grpc.status.INVALID_ARGUMENT, details: 'longitude: is required' });
    const { response } = await call(places, 'FindNearest', { latitude: 0, longitude: 0 });
    assert.equal(response.places[0].name, 'Berlin');
  });
});

test('a stream ends in order', async () => {
  await asOperator('sys.core.v1.EventService', async (events) => {
    const seen = [];
    for await (const answer of events.TailEvents({ module: 'sys_timespace', last: 10 })) {
      seen.push(answer.event.type);
    }
    assert.deepEqual(seen, ['PlaceRegistered']);
  });
});

// Follows a live query from a token until the rows are as wanted; gives the next token.
function follow(client, request, rows, isWanted) {
  return new Promise((resolve, reject) => {
    let resume = request.resume;
    const stream = client.Watch(request, { deadline: Date.now() + 60_000 });
    stream.on('data', ({ live, places }) => {
      if (live.reset) { rows.clear(); resume = ''; }
      for (const key of live.removed) rows.delete(key.toString());
      live.keys.forEach((key, i) => rows.set(key.toString(), places[i]));
      if (!live.caught_up) return;
      resume = live.resume;
      if (isWanted(rows)) stream.cancel();
    });
    stream.on('error', (error) => {
      if (error.code === grpc.status.CANCELLED) resolve(resume);
      else reject(error);
    });
    stream.on('end', () => reject(new Error('a live query does not end by itself')));
  });
}

test('a live query tells its rows, what changes, and goes on from its token', async () => {
  const register = (place_id, name) => asOperator('sys.timespace.v1.PlaceService', (places) =>
    call(places, 'RegisterPlace', { ...kBerlin, place_id, name, country_code: 'FR' }));
  await register('lille', 'Lille');
  const rows = new Map();
  await asAnyone('sys.timespace.v1.PlaceService', async (places) => {
    const following = follow(places, { country_code: 'FR', resume: '' }, rows, () => rows.has('lyon'));
    await register('lyon', 'Lyon');
    const resume = await following;
    assert.deepEqual([...rows.keys()].sort(), ['lille', 'lyon']);
    assert.equal(rows.get('lyon').name, 'Lyon');

    await register('paris', 'Paris');
    const later = new Map();
    await follow(places, { country_code: 'FR', resume }, later, () => later.has('paris'));
    assert.deepEqual([...later.keys()], ['paris'], 'only what is new comes');
  });
});

test('health says that the server serves', async () => {
  await asAnyone('grpc.health.v1.Health', async (health) => {
    const { response } = await call(health, 'Check', { service: '' });
    assert.equal(response.status, 'SERVING');
  });
});
