import type { Actor, Binding, BindingInput, NetworkTerminal, SliceInput } from '@millrace/contract';
import { AppError, type RecordStore, VirtualClock } from '@millrace/sdk';
import { beforeEach, expect, test } from 'vitest';
import { camaraPortsOn, camaraServer, type OfferedNetwork } from './index.ts';
import { isToldBy, statusOf } from './platform-ports.ts';
import { quiet, settle, start } from './test-plant.ts';

/** The ports on a network layer, with the wishes of one in memory. */
const terminal: NetworkTerminal = {
  id: 'agv-1',
  title: 'Vehicle 1',
  kind: 'nr',
  place: 'plant/hall-1',
  things: ['urn:agv:1'],
  address: '10.45.0.2',
  gpsi: 'msisdn-8613800000001',
  supi: 'nai-agv1@plant.example',
  provider: 'core',
  sessions: [{ dnn: 'internet', address: '2001:db8:1::/64', flows: [] }],
  problems: [],
};
const actor: Actor = { kind: 'token', id: 't', for: 'supplier' };

let clock: VirtualClock;
interface Wish {
  kind: string;
  input: BindingInput | SliceInput;
  standing: Binding['stages']['standing'];
}
let wishes: Map<string, Wish>;
let listeners: ((kind: string, id: string) => void)[];
let network: OfferedNetwork;
beforeEach(() => {
  clock = new VirtualClock(start);
  wishes = new Map();
  listeners = [];
  const rows = new Map<string, { kind: string; id: string; data: string }>();
  network = {
    clock,
    log: quiet,
    records: {
      async query(sql: string, [kind, id, data]: string[] = []) {
        if (sql.startsWith('SELECT')) return [...rows.values()];
        if (sql.startsWith('INSERT')) rows.set(`${kind} ${id}`, { kind: kind!, id: id!, data: data! });
        else rows.delete(`${kind} ${id}`);
        return [];
      },
    } as unknown as RecordStore,
    seal: { seal: (secret) => `sealed ${secret}`, open: (sealed) => sealed.slice('sealed '.length) },
    audit: { record: async () => 1 },
    publicUrl: 'https://plant.example/camara',
    post: async () => ({ status: 204 }),
    terminals: () => [terminal],
    terminal: (id) => (id === terminal.id ? terminal : undefined),
    heard: () => clock.now(),
    flow: 'outside',
    covers: () => true,
    freeSlice: () => ({ sst: 1, sd: 'c00001' }),
    requests: {
      async put(kind, id, input) {
        if (kind === 'binding' && (input as BindingInput).qos.fiveQi === 99)
          throw new AppError(422, 'wrong-fields', { en: 'wrong', zh: '错误' }, undefined, [
            { field: 'qos', message: { en: 'The cell carries no more.', zh: '小区已满。' } },
          ]);
        wishes.set(id, { kind, input, standing: 'requested' });
      },
      async remove(_kind, id) {
        if (!wishes.delete(id)) throw new AppError(404, 'not-there', { en: 'not there', zh: '不存在' });
      },
      check: () => [],
      binding: (id) => {
        const wish = wishes.get(id);
        return wish === undefined
          ? undefined
          : { ...(wish.input as BindingInput), id, stages: { standing: wish.standing }, by: 'x', since: '' };
      },
      onChanged: (call) => void listeners.push(call),
    },
  };
});

const call = async (server: ReturnType<typeof camaraServer>, method: string, path: string, body?: object) => {
  const answer = await server.handle({
    method,
    path,
    query: new URLSearchParams(),
    headers: {},
    body: new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body)),
    caller: { actor, may: () => true },
  });
  return { status: answer.status, body: answer.body === undefined ? undefined : JSON.parse(answer.body) };
};
const device = { ipv4Address: { publicAddress: '198.51.100.9', privateAddress: '10.45.0.2' } };

test('a session is a wish of the layer, and stands as that stands', async () => {
  const server = camaraServer(camaraPortsOn(network));
  await server.start();
  const made = await call(server, 'POST', '/quality-on-demand/v1/sessions', {
    device,
    applicationServer: { ipv4Address: '10.0.0.7' },
    applicationServerPorts: { ports: [4840] },
    qosProfile: 'QOS_E',
    duration: 60,
  });
  expect(made).toMatchObject({ status: 201, body: { qosStatus: 'REQUESTED' } });
  const [[id, wish]] = [...wishes] as [[string, Wish]];
  expect(id).toMatch(/^[a-z0-9][a-z0-9._-]{0,63}$/);
  expect(wish.input).toMatchObject({
    flow: 'outside',
    terminal: 'agv-1',
    provider: 'core',
    filters: [
      { protocol: 'udp', remote: '10.0.0.7/32', remotePort: 4840 },
      { protocol: 'tcp', remote: '10.0.0.7/32', remotePort: 4840 },
    ],
  });
  wish.standing = 'effective';
  for (const listener of listeners) listener('binding', id);
  await settle();
  const path = `/quality-on-demand/v1/sessions/${made.body.sessionId}`;
  expect((await call(server, 'GET', path)).body.qosStatus).toBe('AVAILABLE');
  clock.advance(61_000);
  await settle();
  await server.tick();
  await settle();
  expect(wishes.size).toBe(0);
  await server.stop();
});

test('what the layer refuses is refused in its words', async () => {
  const profiles = camaraPortsOn(network).profiles();
  const server = camaraServer(
    camaraPortsOn({
      ...network,
      profiles: () => [{ ...profiles[0]!, qos: { ...profiles[0]!.qos, fiveQi: 99 } }],
    }),
  );
  await server.start();
  expect(
    await call(server, 'POST', '/qos-provisioning/v0.4/qos-assignments', { device, qosProfile: 'QOS_E' }),
  ).toMatchObject({
    status: 422,
    body: { code: 'SERVICE_NOT_APPLICABLE', message: 'The cell carries no more.' },
  });
  expect(wishes.size).toBe(0);
  await server.stop();
});

test('a slice from outside is a slice of the layer, its devices bindings in it', async () => {
  const server = camaraServer(camaraPortsOn(network));
  await server.start();
  const booked = await call(server, 'POST', '/network-slice-booking/v0.2/slices', {
    serviceTime: { startDate: '2024-05-01T00:00:00Z' },
    serviceArea: { areaType: 'CIRCLE', center: { latitude: 1, longitude: 1 }, radius: 100 },
    sliceQosProfile: { upStreamRatePerDevice: { value: 10, unit: 'Mbps' } },
  });
  expect(booked.status).toBe(201);
  const joined = await call(
    server,
    'POST',
    `/network-slice-assignment/v0.1/slices/${booked.body.sliceId}/devices`,
    { device },
  );
  expect(joined.body).toMatchObject({ status: 'SUCCESS' });
  expect([...wishes.values()].map(({ kind, input }) => [kind, input])).toMatchObject([
    ['slice', { profile: { snssai: { sst: 1, sd: 'c00001' }, uLThptPerUE: 10_000, maxNumberofUEs: 20 } }],
    [
      'binding',
      { terminal: 'agv-1', slice: `camara-slice-${booked.body.sliceId}`, qos: { mbrUplink: 10_000 } },
    ],
  ]);
  expect(
    (await call(server, 'DELETE', `/network-slice-booking/v0.2/slices/${booked.body.sliceId}`)).status,
  ).toBe(204);
  expect(wishes.size).toBe(0);
  await server.stop();
});

test.each([
  [{ kind: 'ipv4Address', publicAddress: '10.45.0.2', privateAddress: undefined, publicPort: 5 }, true],
  [
    { kind: 'ipv4Address', publicAddress: '10.45.0.2', privateAddress: '10.45.0.3', publicPort: undefined },
    false,
  ],
  [{ kind: 'ipv6Address', address: '2001:db8:1::77' }, true],
  [{ kind: 'ipv6Address', address: '2001:db8:1:1::77' }, false],
  [{ kind: 'phoneNumber', number: '+8613800000001' }, true],
  [{ kind: 'phoneNumber', number: '+8613800000002' }, false],
  [{ kind: 'networkAccessIdentifier', identifier: 'agv1@plant.example' }, true],
] as const)('%j tells the terminal: %s', (identifier, is) => {
  expect(isToldBy(terminal, identifier)).toBe(is);
});

test('what is known of a terminal, and what is not', () => {
  expect(statusOf(terminal, undefined, start)).toBeUndefined();
  expect(statusOf(terminal, start - 1e6, start)).toMatchObject({
    data: true,
    networkType: '5G',
    roaming: undefined,
  });
  expect(statusOf(terminal, start - 1e9, start)).toMatchObject({ data: undefined });
  const radio = { time: '2024-04-30T23:59:00Z', registration: 'deregistered' as const, rsrpDbm: -101 };
  expect(statusOf({ ...terminal, radio }, start - 1e9, start)).toMatchObject({ data: false, rsrpDbm: -101 });
});
