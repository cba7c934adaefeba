import { afterEach, beforeEach, expect, test } from 'vitest';
import { refusal, settle, TestPlant } from './test-plant.ts';

let plant: TestPlant;
beforeEach(async () => {
  plant = new TestPlant();
  await plant.server.start();
});
afterEach(() => plant.stop());

const phone = { phoneNumber: '+123456789' };
const sink = 'https://app.example.com/events';
const session = {
  device: phone,
  applicationServer: { ipv4Address: '198.51.100.0/24' },
  qosProfile: 'QOS_L',
  duration: 3600,
};
const qod = '/quality-on-demand/v1';
const create = (more: object = {}, token = 'all') =>
  plant.call('POST', `${qod}/sessions`, { token, body: { ...session, ...more } });
const events = () => plant.posted.map(({ body }) => JSON.parse(body));

test('a session lives: requested, available, extended to the longest, expired, forgotten', async () => {
  plant.becomes = 'requested';
  const made = await create({
    sink,
    sinkCredential: {
      credentialType: 'ACCESSTOKEN',
      accessToken: 'hush',
      accessTokenExpiresUtc: '2024-06-01T00:00:00Z',
      accessTokenType: 'bearer',
    },
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ ...session, sink, qosStatus: 'REQUESTED', duration: 3600 });
  expect(made.body).not.toHaveProperty('startedAt');
  expect(made.body).not.toHaveProperty('sinkCredential');
  const id = made.body.sessionId;
  const key = `camara-qod-${id}`;
  expect(plant.bindings.get(key)!.binding).toMatchObject({
    terminal: 'agv-1',
    filters: [{ protocol: 'any', remote: '198.51.100.0/24' }],
    durationSeconds: 3600,
  });
  expect(
    await plant.call('POST', `${qod}/sessions/${id}/extend`, { body: { requestedAdditionalDuration: 5 } }),
  ).toMatchObject({
    status: 409,
    body: { code: 'QUALITY_ON_DEMAND.SESSION_EXTENSION_NOT_ALLOWED' },
  });

  plant.virtual!.advance(2000);
  plant.stand(key, 'effective');
  await settle();
  const now = await plant.call('GET', `${qod}/sessions/${id}`);
  expect(now.body).toMatchObject({
    qosStatus: 'AVAILABLE',
    startedAt: '2024-05-01T00:00:02.000Z',
    expiresAt: '2024-05-01T01:00:02.000Z',
  });
  expect(plant.posted[0]).toMatchObject({
    url: sink,
    headers: { authorization: 'Bearer hush', 'content-type': 'application/cloudevents+json' },
  });
  expect(events()[0]).toMatchObject({
    type: 'org.camaraproject.quality-on-demand.v1.qos-status-changed',
    specversion: '1.0',
    data: { sessionId: id, qosStatus: 'AVAILABLE' },
  });

  const extended = await plant.call('POST', `${qod}/sessions/${id}/extend`, {
    body: { requestedAdditionalDuration: 1_000_000 },
  });
  expect(extended).toMatchObject({
    status: 200,
    body: { duration: 86_400, expiresAt: '2024-05-02T00:00:02.000Z' },
  });
  expect(
    (await plant.call('POST', `${qod}/retrieve-sessions`, { body: { device: phone } })).body,
  ).toHaveLength(1);

  await plant.pass(86_402, 3600);
  expect((await plant.call('GET', `${qod}/sessions/${id}`)).body).toMatchObject({
    qosStatus: 'UNAVAILABLE',
    statusInfo: 'DURATION_EXPIRED',
    duration: 86_400,
  });
  expect(events().at(-1).data).toEqual({
    sessionId: id,
    qosStatus: 'UNAVAILABLE',
    statusInfo: 'DURATION_EXPIRED',
  });
  expect(plant.bindings.size).toBe(0);
  await plant.pass(360);
  expect((await plant.call('GET', `${qod}/sessions/${id}`)).status).toBe(404);
  expect(plant.records.size).toBe(0);
  expect(plant.audited.map(({ action }) => action)).toEqual([
    'network.session.create',
    'network.session.extend',
  ]);
});

test('a session that is deleted is told once, and gone at once', async () => {
  const { body } = await create({ sink });
  expect(body.qosStatus).toBe('AVAILABLE');
  expect((await plant.call('DELETE', `${qod}/sessions/${body.sessionId}`)).status).toBe(204);
  await settle();
  expect(events().map(({ data }) => data.statusInfo)).toEqual([undefined, 'DELETE_REQUESTED']);
  expect((await plant.call('DELETE', `${qod}/sessions/${body.sessionId}`)).status).toBe(404);
  expect(plant.bindings.size).toBe(0);
});

test('a binding the network ends leaves a session that says so for six minutes', async () => {
  const { body } = await create({ sink });
  await plant.pass(60);
  plant.stand(`camara-qod-${body.sessionId}`, 'lost');
  await settle();
  expect((await plant.call('GET', `${qod}/sessions/${body.sessionId}`)).body).toMatchObject({
    qosStatus: 'UNAVAILABLE',
    statusInfo: 'NETWORK_TERMINATED',
    duration: 60,
  });
  // Until it is released or gone, the flow is taken.
  expect(await create()).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  await plant.call('DELETE', `${qod}/sessions/${body.sessionId}`);
  expect((await create()).status).toBe(201);
  await settle();
  expect(events().filter(({ data }) => data.qosStatus === 'UNAVAILABLE')).toHaveLength(1);
});

test('a network that refuses gives a session that is unavailable; one that cannot be reached gives none', async () => {
  plant.failing = refusal('refused', 'No capacity.');
  expect(await create()).toMatchObject({
    status: 201,
    body: { qosStatus: 'UNAVAILABLE', statusInfo: 'NETWORK_TERMINATED' },
  });
  plant.failing = undefined;
  await plant.pass(430);
  plant.failing = refusal('unsupported', 'No provider for it.');
  expect(await create({ device: { phoneNumber: '+123456780' } })).toMatchObject({
    status: 422,
    body: { code: 'SERVICE_NOT_APPLICABLE' },
  });
  plant.failing = refusal('unavailable', 'The core is away.');
  expect(await create()).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
  // It may have arrived all the same: it is released as soon as that can be said.
  plant.failing = undefined;
  await plant.pass(500);
  expect(plant.records.size).toBe(0);
});

test('sessions survive a restart, and one whose binding did not ends', async () => {
  const kept = (await create()).body;
  const lost = (await create({ device: { phoneNumber: '+123456780' } })).body;
  plant.bindings.delete(`camara-qod-${lost.sessionId}`);
  await plant.restart();
  await plant.pass(1, 1);
  expect((await plant.call('GET', `${qod}/sessions/${kept.sessionId}`)).body).toMatchObject({
    qosStatus: 'AVAILABLE',
  });
  expect((await plant.call('GET', `${qod}/sessions/${lost.sessionId}`)).body).toMatchObject({
    statusInfo: 'NETWORK_TERMINATED',
  });
  plant.records.set('session broken', { kind: 'session', id: 'broken', data: '{' });
  await plant.restart();
  expect((await plant.call('GET', `${qod}/sessions/${kept.sessionId}`)).status).toBe(200);
});

test.each([
  ['the same flow', {}, 409],
  ['an address within', { applicationServer: { ipAddresses: ['198.51.100.7'] } }, 409],
  ['another net', { applicationServer: { ipv4Address: '198.51.101.0/24' } }, 201],
  ['another device', { device: { phoneNumber: '+123456780' } }, 201],
])('two sessions of %s', async (_, more, status) => {
  await create();
  expect((await create(more)).status).toBe(status);
});

test('ports tell flows apart; ranges, which the network cannot filter by, are refused', async () => {
  expect((await create({ applicationServerPorts: { ports: [80] } })).status).toBe(201);
  expect((await create({ applicationServerPorts: { ports: [443, 8443] } })).status).toBe(201);
  expect((await create({ applicationServerPorts: { ports: [443] } })).status).toBe(409);
  expect(await create({ applicationServerPorts: { ranges: [{ from: 5000, to: 5010 }] } })).toMatchObject({
    status: 422,
    body: { code: 'SERVICE_NOT_APPLICABLE' },
  });
  expect(await create({ applicationServerPorts: { ranges: [{ from: 9, to: 8 }] } })).toMatchObject({
    status: 400,
  });
});

test.each([
  ['duration', { duration: 90_000 }, 400, 'QUALITY_ON_DEMAND.DURATION_OUT_OF_RANGE'],
  ['duration 0', { duration: 0 }, 400, 'OUT_OF_RANGE'],
  ['no such profile', { qosProfile: 'QOS_X' }, 400, 'INVALID_ARGUMENT'],
  ['empty device', { device: {} }, 400, 'INVALID_ARGUMENT'],
  ['no device', { device: undefined }, 422, 'MISSING_IDENTIFIER'],
  ['unknown device', { device: { phoneNumber: '+99999' } }, 404, 'IDENTIFIER_NOT_FOUND'],
  [
    'access identifier',
    { device: { networkAccessIdentifier: 'agv-1@plant.example' } },
    422,
    'UNSUPPORTED_IDENTIFIER',
  ],
  ['half an address', { device: { ipv4Address: { publicAddress: '203.0.113.0' } } }, 400, 'INVALID_ARGUMENT'],
  ['unknown property', { colour: 'red' }, 400, 'INVALID_ARGUMENT'],
  [
    'both kinds of servers',
    { applicationServer: { ipv4Address: '1.2.3.4', ipAddresses: ['1.2.3.4'] } },
    400,
    'INVALID_ARGUMENT',
  ],
  ['twice the same', { applicationServer: { ipAddresses: ['1.2.3.4', '1.2.3.4'] } }, 400, 'INVALID_ARGUMENT'],
  ['subnet in a list', { applicationServer: { ipAddresses: ['1.2.3.0/24'] } }, 400, 'INVALID_ARGUMENT'],
  ['plain sink', { sink: 'http://app.example.com' }, 400, 'INVALID_SINK'],
  ['sink inside', { sink: 'https://169.254.169.254/latest' }, 400, 'INVALID_SINK'],
  ['credential without sink', { sinkCredential: { credentialType: 'ACCESSTOKEN' } }, 400, 'INVALID_ARGUMENT'],
  ['credential of old', { sink, sinkCredential: { credentialType: 'PLAIN' } }, 400, 'INVALID_ARGUMENT'],
  [
    'key not agreed on',
    { sink, sinkCredential: { credentialType: 'PRIVATE_KEY_JWT' } },
    422,
    'PRIVATE_KEY_JWT_NOT_CONFIGURED',
  ],
])('a session with %s', async (_, more, status, code) => {
  expect(await create(more)).toMatchObject({ status, body: { status, code } });
});

test('profiles that are not active, or not for this', async () => {
  const [first, second] = plant.profiles;
  plant.profiles = [
    { ...first!, profile: { ...first!.profile, status: 'DEPRECATED' } },
    { ...second!, uses: ['assignment'] },
  ];
  for (const qosProfile of [first!, second!].map(({ profile }) => profile.name))
    expect(await create({ qosProfile })).toMatchObject({
      status: 422,
      body: { code: 'QUALITY_ON_DEMAND.QOS_PROFILE_NOT_APPLICABLE' },
    });
  const listed = await plant.call('POST', '/qos-profiles/v1/retrieve-qos-profiles', {
    body: { device: phone, status: 'ACTIVE' },
  });
  expect(listed.body.map((one: { name: string }) => one.name)).toEqual([second!.profile.name]);
});

test('who may what: no token, no right, no sight, the own device, the own sessions', async () => {
  expect(await create({}, 'nobody')).toMatchObject({
    status: 401,
    body: { code: 'UNAUTHENTICATED' },
    headers: { 'www-authenticate': 'Bearer' },
  });
  expect(await create({}, 'reader')).toMatchObject({ status: 403, body: { code: 'PERMISSION_DENIED' } });
  expect(await create({}, 'elsewhere')).toMatchObject({
    status: 404,
    body: { code: 'IDENTIFIER_NOT_FOUND' },
  });
  expect(await create({}, 'device')).toMatchObject({ status: 422, body: { code: 'UNNECESSARY_IDENTIFIER' } });
  const own = await create({ device: undefined }, 'device');
  expect(own.status).toBe(201);
  expect(own.body).not.toHaveProperty('device');
  expect((await plant.call('GET', `${qod}/sessions/${own.body.sessionId}`)).status).toBe(404);
  expect((await plant.call('GET', `${qod}/sessions/${own.body.sessionId}`, { token: 'device' })).status).toBe(
    200,
  );
});

test('the correlator comes back, with errors too, and must be one', async () => {
  const headers = { 'x-correlator': 'line-3.step_4' };
  expect((await plant.call('GET', `${qod}/sessions/x`, { headers })).headers['x-correlator']).toBe(
    'line-3.step_4',
  );
  expect((await create()).headers['x-correlator']).toMatch(/^[0-9a-f-]{36}$/);
  expect((await plant.call('GET', `${qod}/sessions/x`, { headers: { 'x-correlator': 'a b' } })).status).toBe(
    400,
  );
});

test('one client cannot take the server for itself', async () => {
  let last = 0;
  for (let count = 0; count < 300 && last !== 429; count++)
    last = (await plant.call('GET', '/qos-profiles/v1/qos-profiles/QOS_L')).status;
  expect(last).toBe(429);
  expect((await plant.call('GET', '/qos-profiles/v1/qos-profiles/QOS_L', { token: 'reader' })).status).toBe(
    200,
  );
  plant.virtual!.advance(1000);
  expect((await plant.call('GET', '/qos-profiles/v1/qos-profiles/QOS_L')).status).toBe(200);
});

test('an assignment is one per device, for good', async () => {
  const path = '/qos-provisioning/v0.4/qos-assignments';
  const made = await plant.call('POST', path, { body: { device: phone, qosProfile: 'QOS_E', sink } });
  expect(made).toMatchObject({ status: 201, body: { status: 'AVAILABLE', device: phone } });
  expect(plant.bindings.get(`camara-qos-${made.body.assignmentId}`)!.binding.durationSeconds).toBeUndefined();
  expect((await plant.call('POST', path, { body: { device: phone, qosProfile: 'QOS_S' } })).status).toBe(409);
  await plant.pass(1_000_000, 100_000);
  const found = await plant.call('POST', '/qos-provisioning/v0.4/retrieve-qos-assignment', {
    body: { device: phone },
  });
  expect(found.body).toEqual(made.body);
  expect((await plant.call('DELETE', `${path}/${made.body.assignmentId}`)).status).toBe(204);
  expect((await plant.call('GET', `${path}/${made.body.assignmentId}`)).status).toBe(404);
});

const circle = { areaType: 'CIRCLE', center: { latitude: 50.735851, longitude: 7.10066 }, radius: 200 };
test('a slice is reserved, begins, takes its devices, ends', async () => {
  const body = {
    serviceTime: { startDate: '2024-05-01T01:00:00Z', endDate: '2024-05-01T02:00:00Z' },
    serviceArea: circle,
    sliceQosProfile: {
      maxNumOfDevices: 1,
      upStreamRatePerDevice: { value: 20, unit: 'Mbps' },
      upStreamDelayBudget: { value: 5, unit: 'Milliseconds' },
    },
    sink,
  };
  const booked = await plant.call('POST', '/network-slice-booking/v0.2/slices', { body });
  expect(booked).toMatchObject({ status: 201, body });
  const id = booked.body.sliceId;
  expect([...plant.slices.values()][0]!.booking.profile).toEqual({
    maxNumberofUEs: 1,
    uLThptPerUE: 20_000,
    uLThptPerSlice: 20_000,
    uLLatency: 5,
  });
  const assign = (device: object) =>
    plant.call('POST', `/network-slice-assignment/v0.1/slices/${id}/devices`, { body: { device, sink } });
  expect((await assign(phone)).body).toMatchObject({ status: 'PENDING' });
  expect((await assign(phone)).body).toMatchObject({
    status: 'FAILURE',
    statusInfo: 'DEVICE_ALREADY_ASSIGNED',
  });
  expect((await assign({ phoneNumber: '+123456780' })).body).toMatchObject({
    statusInfo: 'MAX_DEVICES_EXCEEDED',
  });
  plant.failing = refusal('unavailable', 'away');
  await plant.pass(3600, 600);
  plant.failing = undefined;
  await plant.restart();
  await plant.pass(2, 1);
  const slice = [...plant.slices.values()][0]!;
  expect(slice.started).toBe(true);
  expect([...slice.terminals]).toEqual(['agv-1']);
  expect(events().at(-1)).toMatchObject({
    type: 'org.camaraproject.network-slice-assignment.v0.status-changed',
    data: { status: 'SUCCESS', sliceId: id },
  });
  const listed = await plant.call('POST', '/network-slice-assignment/v0.1/retrieve-slices', { body: phone });
  expect(listed.body.sliceList).toHaveLength(1);
  expect(
    (await plant.call('GET', `/network-slice-assignment/v0.1/slices/${id}/devices`)).body.deviceList,
  ).toEqual([phone]);
  const release = () =>
    plant.call('POST', `/network-slice-assignment/v0.1/slices/${id}/release`, { body: { device: phone } });
  expect((await release()).body).toMatchObject({ status: 'SUCCESS', statusInfo: 'RELEASE_COMPLETED' });
  expect((await release()).body).toMatchObject({ status: 'FAILURE', statusInfo: 'DEVICE_ALREADY_RELEASED' });
  await plant.pass(3600, 600);
  expect(plant.slices.size).toBe(0);
  await plant.pass(4000, 600);
  expect((await plant.call('GET', `/network-slice-booking/v0.2/slices/${id}`)).status).toBe(404);
});

test.each([
  ['area-not-supported', 'NETWORK_SLICE_BOOKING.SERVICEAREA_NOT_SUPPORTED'],
  ['resources-insufficient', 'NETWORK_SLICE_BOOKING.RESOURCES_INSUFFICIENT'],
] as const)('a slice that is %s', async (answer, code) => {
  plant.reserveAnswer = answer;
  const body = {
    serviceTime: { startDate: '2024-05-01T00:00:00Z' },
    serviceArea: circle,
    sliceQosProfile: {},
  };
  expect(await plant.call('POST', '/network-slice-booking/v0.2/slices', { body })).toMatchObject({
    status: 422,
    body: { code },
  });
  expect(plant.records.size).toBe(0);
});

test('insights are verdicts: what is not decided is not said', async () => {
  const { body: profile } = await plant.call('POST', '/application-profiles/v0.4/application-profiles', {
    body: {
      networkQualityThresholds: {
        packetDelayBudget: { value: 10, unit: 'Milliseconds' },
        packetlossErrorRate: 3,
        jitter: { value: 2, unit: 'Milliseconds' },
        targetMinUpstreamRate: { value: 500, unit: 'kbps' },
      },
    },
  });
  plant.verdicts = { latency: 'met', loss: 'violated', jitter: 'inconclusive', uplink: 'not-measurable' };
  const check = await plant.call('POST', '/connectivity-insights/v0.7/check-network-quality', {
    body: {
      applicationProfileId: profile.applicationProfileId,
      device: phone,
      applicationServer: { ipv4Address: '198.51.100.1' },
    },
  });
  expect(check).toMatchObject({ status: 200 });
  expect(check.body).toEqual({
    packetDelayBudget: 'meets the application requirements',
    packetlossErrorRate: 'unable to meet the application requirements',
    additionalKPIs: { signalStrength: 'good', connectivityType: '5G-SA' },
    device: phone,
  });
  expect(plant.judged).toEqual({
    trafficClass: 'non-deterministic',
    latency: { path: 'round-trip', within: [{ share: 0.98, ms: 20 }] },
    jitter: { definition: 'camara', ms: 2 },
    lossRatioMax: 0.001,
    uplinkMbpsMin: 0.5,
  });
});

const subscribe = (api: string, version: string, event: string, detail: object, more: object = {}) =>
  plant.call('POST', `/${api}/${version}/subscriptions`, {
    body: {
      protocol: 'HTTP',
      sink,
      types: [`org.camaraproject.${api}.v0.${event}`],
      config: { subscriptionDetail: { device: phone, ...detail }, ...more },
    },
  });

test('reachability is told when it changes, as often as was asked for', async () => {
  const made = await subscribe(
    'device-reachability-status-subscriptions',
    'v0.7',
    'reachability-disconnected',
    {},
    { subscriptionMaxEvents: 1 },
  );
  expect(made).toMatchObject({ status: 201, body: { status: 'ACTIVE' } });
  await plant.pass(20);
  expect(plant.posted).toHaveLength(0);
  plant.terminals[0]!.status = { ...plant.terminals[0]!.status!, data: false };
  await plant.pass(20);
  expect(events().map(({ type, data }) => [type.split('.').at(-1), data])).toEqual([
    ['reachability-disconnected', { device: phone, subscriptionId: made.body.id }],
    [
      'subscription-ends',
      { device: phone, subscriptionId: made.body.id, terminationReason: 'MAX_EVENTS_REACHED' },
    ],
  ]);
  expect(
    (await plant.call('GET', `/device-reachability-status-subscriptions/v0.7/subscriptions/${made.body.id}`))
      .status,
  ).toBe(404);
});

test('a fence tells of entering and leaving, and its start and end', async () => {
  const made = await subscribe(
    'geofencing-subscriptions',
    'v0.5',
    'area-left',
    { area: circle },
    { subscriptionExpireTime: '2024-05-01T01:00:00Z' },
  );
  expect(made.status).toBe(201);
  plant.terminals[0]!.position = {
    ...plant.terminals[0]!.position!,
    center: { latitude: 50.74, longitude: 7.2 },
  };
  await plant.pass(20);
  await plant.pass(3600, 600);
  expect(events().map(({ type }) => type.split('.').at(-1))).toEqual([
    'subscription-started',
    'area-left',
    'subscription-ended',
  ]);
  expect(events().at(-1).data).toMatchObject({ terminationReason: 'SUBSCRIPTION_EXPIRED', area: circle });
});

test('subscriptions of what is not spoken, and pages of them', async () => {
  const api = 'device-roaming-status-subscriptions';
  const path = `/${api}/v0.7/subscriptions`;
  const body = {
    protocol: 'HTTP',
    sink,
    types: [`org.camaraproject.${api}.v0.roaming-on`],
    config: { subscriptionDetail: { device: phone } },
  };
  expect(await plant.call('POST', path, { body: { ...body, protocol: 'KAFKA' } })).toMatchObject({
    status: 400,
    body: { code: 'INVALID_PROTOCOL' },
  });
  expect(await plant.call('POST', path, { body: { ...body, types: ['org.else'] } })).toMatchObject({
    status: 400,
  });
  expect(
    await plant.call('POST', path, { body: { ...body, types: [...body.types, ...body.types] } }),
  ).toMatchObject({ status: 422, body: { code: 'MULTIEVENT_SUBSCRIPTION_NOT_SUPPORTED' } });
  expect(
    await plant.call('POST', path, {
      body: { ...body, sinkCredential: { credentialType: 'PLAIN', identifier: 'a', secret: 'b' } },
    }),
  ).toMatchObject({ status: 400, body: { code: 'INVALID_CREDENTIAL' } });
  expect((await plant.call('POST', path, { body })).status).toBe(201);
  expect((await plant.call('GET', path)).body).toHaveLength(1);
  expect((await plant.call('GET', path, { token: 'reader' })).body).toEqual([]);
  const insights = '/connectivity-insights-subscriptions/v0.7/subscriptions';
  expect((await plant.call('GET', `${insights}?page=2&perPage=5`)).body).toEqual({
    subscriptions: [],
    pagination: { page: 2, perPage: 5, totalCount: 0, totalPages: 0 },
  });
  expect(await plant.call('GET', `${insights}?perPage=101`)).toMatchObject({
    status: 400,
    body: { code: 'OUT_OF_RANGE' },
  });
});

test('a sink that is away is tried again, in order; one that is gone ends its subscription', async () => {
  plant.sinkStatus = 503;
  const { body } = await create({ sink });
  await plant.pass(3);
  plant.sinkStatus = 204;
  await plant.pass(30);
  await plant.call('DELETE', `${qod}/sessions/${body.sessionId}`);
  await settle();
  const told = plant.posted.map(({ body: text }) => JSON.parse(text));
  expect(new Set(told.map(({ id }) => id)).size).toBe(2);
  expect(told.at(-1).data.statusInfo).toBe('DELETE_REQUESTED');

  plant.sinkStatus = 410;
  const made = await subscribe(
    'connected-network-type-subscriptions',
    'v0.1',
    'network-type-changed',
    {},
    { initialEvent: true },
  );
  await settle();
  expect(
    (await plant.call('GET', `/connected-network-type-subscriptions/v0.1/subscriptions/${made.body.id}`))
      .status,
  ).toBe(404);
});

test('place: retrieved as precisely as it is known, verified by the shares of the circles', async () => {
  const retrieve = (more: object) =>
    plant.call('POST', '/location-retrieval/v0.5/retrieve', { body: { device: phone, ...more } });
  expect((await retrieve({})).body).toMatchObject({
    area: { areaType: 'CIRCLE', radius: 20 },
    device: phone,
  });
  expect((await retrieve({ maxSurface: 100 })).body.code).toBe(
    'LOCATION_RETRIEVAL.UNABLE_TO_FULFILL_MAX_SURFACE',
  );
  const verify = (area: object, more: object = {}) =>
    plant.call('POST', '/location-verification/v3/verify', { body: { device: phone, area, ...more } });
  expect((await verify(circle)).body.verificationResult).toBe('TRUE');
  expect((await verify({ ...circle, radius: 5 })).body).toMatchObject({
    verificationResult: 'PARTIAL',
    matchRate: 6,
  });
  expect((await verify({ ...circle, center: { latitude: 51, longitude: 7 } })).body.verificationResult).toBe(
    'FALSE',
  );
  plant.virtual!.advance(100_000);
  expect((await verify(circle, { maxAge: 60 })).body.code).toBe(
    'LOCATION_VERIFICATION.UNABLE_TO_FULFILL_MAX_AGE',
  );
  plant.terminals[0]!.position = undefined;
  expect((await retrieve({})).body.code).toBe('LOCATION_RETRIEVAL.UNABLE_TO_LOCATE');
});

test('asked for at once, it is given once', async () => {
  const sessions = await Promise.all(Array.from({ length: 10 }, () => create()));
  expect(sessions.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
  const path = '/qos-provisioning/v0.4/qos-assignments';
  const assignments = await Promise.all(
    Array.from({ length: 10 }, () =>
      plant.call('POST', path, { body: { device: phone, qosProfile: 'QOS_E' } }),
    ),
  );
  expect(assignments.filter(({ status }) => status === 201)).toHaveLength(1);
  const booked = await plant.call('POST', '/network-slice-booking/v0.2/slices', {
    body: {
      serviceTime: { startDate: '2024-05-01T00:00:00Z' },
      serviceArea: circle,
      sliceQosProfile: { maxNumOfDevices: 1 },
    },
  });
  const joined = await Promise.all(
    [phone, phone, { phoneNumber: '+123456780' }].map((device) =>
      plant.call('POST', `/network-slice-assignment/v0.1/slices/${booked.body.sliceId}/devices`, {
        body: { device },
      }),
    ),
  );
  expect(joined.map(({ body }) => body.status).sort()).toEqual(['FAILURE', 'FAILURE', 'SUCCESS']);
  const { sessionId } = sessions.find(({ status }) => status === 201)!.body;
  const ended = await Promise.all(
    Array.from({ length: 3 }, () => plant.call('DELETE', `${qod}/sessions/${sessionId}`)),
  );
  expect(ended.map(({ status }) => status)).toContain(204);
  expect(plant.server.counts['failed']).toBe(0);
});

test('records that cannot be written give nothing away, and leave nothing behind', async () => {
  plant.recordsFail = true;
  expect((await create()).status).toBe(500);
  expect(plant.bindings.size).toBe(0);
  plant.recordsFail = false;
  expect((await create()).status).toBe(201);
});
