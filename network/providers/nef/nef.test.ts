import type { NetworkProvider } from '@millrace/sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { request, startCore, type TestCore, testContext } from '../../core-network/test-core.ts';
import { provider } from './index.ts';

let nef: TestCore;
let made: number;
let testing: ReturnType<typeof testContext>;
let exposure: NetworkProvider;
const settings = (): Record<string, string | number | boolean> => ({
  apiRoot: nef.url,
  afId: 'plant-1',
  dnn: 'plant',
  sst: 1,
  sd: '0000A1',
  operatingSystem: '97a498e3-fc92-5c94-8986-0333d06e4e47',
});
const tell = (path: string, body: unknown): Promise<void> => provider.notified!(exposure, path, body);
const terminal = {
  id: 'agv-1',
  address: '10.45.0.2',
  supi: undefined,
  gpsi: 'msisdn-491700000001',
  iccid: undefined,
};

beforeEach(async () => {
  made = 0;
  const there = new Set<string>();
  nef = await startCore(false, ({ method, path, body }) => {
    if (method === 'POST') {
      const location = `${path}/${++made}`;
      there.add(location);
      return { status: 201, headers: { location }, body: body };
    }
    if (method === 'DELETE') return { status: there.delete(path) ? 204 : 404 };
    if (method === 'GET' && path.endsWith('/subscriptions')) return { status: 200, body: [] };
    return there.has(path)
      ? { status: 200, body: {} }
      : { status: 404, body: { cause: 'SUBSCRIPTION_NOT_FOUND' } };
  });
  testing = testContext(settings());
  exposure = await provider.open(testing.context);
});
afterEach(async () => {
  await exposure.stop();
  testing.end();
  await nef.close();
});

describe('quality for a session', () => {
  test('goes by delay and rates, or by the name agreed, and is told apart as accepted, given, not kept and gone', async () => {
    const { reference } = await exposure.applyBinding!(request());
    expect(nef.heard[0]).toMatchObject({
      method: 'POST',
      path: '/3gpp-as-session-with-qos/v1/plant-1/subscriptions',
    });
    expect(nef.heard[0]!.body).toEqual({
      notificationDestination: 'http://127.0.0.1:9999/notif/as-session',
      flowInfo: [
        {
          flowId: 1,
          flowDescriptions: [
            'permit out 17 from 10.45.0.1 5201 to 10.45.0.2',
            'permit in 17 from 10.45.0.2 to 10.45.0.1 5201',
          ],
        },
      ],
      ueIpv4Addr: '10.45.0.2',
      dnn: 'plant',
      snssai: { sst: 1, sd: '0000A1' },
      tscQosReq: {
        reqGbrUl: '10 Mbps',
        reqGbrDl: '10 Mbps',
        reqMbrUl: '20 Mbps',
        reqMbrDl: '20 Mbps',
        req5Gsdelay: 150,
      },
      events: [
        'SUCCESSFUL_RESOURCES_ALLOCATION',
        'FAILED_RESOURCES_ALLOCATION',
        'QOS_GUARANTEED',
        'QOS_NOT_GUARANTEED',
        'SESSION_TERMINATION',
      ],
    });
    expect(await exposure.readBinding!(reference, request())).toMatchObject({ inForce: undefined });
    const event = (name: string): Promise<void> =>
      tell('as-session', { transaction: reference, eventReports: [{ event: name }] });
    await event('SUCCESSFUL_RESOURCES_ALLOCATION');
    expect(testing.changes).toEqual([{ binding: 'video-1' }]);
    expect(await exposure.readBinding!(reference, request())).toMatchObject({ inForce: true });
    await event('QOS_NOT_GUARANTEED');
    expect(await exposure.readBinding!(reference, request())).toMatchObject({ inForce: false });
    await event('SESSION_TERMINATION');
    await expect(exposure.readBinding!(reference, request())).rejects.toMatchObject({ kind: 'gone' });
    await exposure.releaseBinding!(reference, request());
    await exposure.releaseBinding!(reference, request());
    const named = await exposure.dryRun!(request({ qos: { ...request().qos, profile: 'QOS_E' } }));
    expect(named.values).toMatchObject({ body: { qosReference: 'QOS_E' } });
    expect(named.values['body']).not.toHaveProperty('tscQosReq');
  });

  test('events about nothing of ours, and nonsense, change nothing', async () => {
    for (const body of [
      undefined,
      null,
      7,
      [],
      {},
      { transaction: 'http://[', eventReports: 3 },
      { transaction: 'http://elsewhere/1', eventReports: [{ event: 'SESSION_TERMINATION' }] },
    ])
      await tell('as-session', body);
    await tell('monitoring/nobody', { monitoringEventReports: [{ monitoringType: 'UE_REACHABILITY' }] });
    expect(testing.changes).toEqual([]);
  });

  test.each([
    [403, { cause: 'OPERATION_PROHIBITED' }, 'denied', 'OPERATION_PROHIBITED'],
    [404, {}, 'unsupported', 'does not offer quality for a session'],
    [400, { detail: 'bad snssai' }, 'refused', 'bad snssai'],
    [503, { title: 'Busy' }, 'unavailable', 'Busy'],
    [401, {}, 'denied', 'does not know us'],
  ])('an answer of %i is told in words', async (status, body, kind, words) => {
    nef.answer = () => ({ status, body });
    await expect(exposure.applyBinding!(request())).rejects.toMatchObject({
      kind,
      words: { en: expect.stringContaining(words) },
    });
  });
});

test('a 5G LAN group is made of GPSIs', async () => {
  const group = { title: 'Line 1', kind: 'ethernet' as const, members: ['agv-1'] };
  const { reference } = await exposure.applyGroup!('line-1', group, [terminal]);
  expect(nef.heard[0]).toMatchObject({
    path: '/3gpp-5glan-pp/v1/plant-1/subscriptions',
    body: {
      '5gLanParams': {
        exterGroupId: 'line-1@millrace',
        gpsis: { 1: 'msisdn-491700000001' },
        dnn: 'plant',
        snssai: { sst: 1, sd: '0000A1' },
        sessionType: 'ETHERNET',
        appDesps: { 1: { osId: '97a498e3-fc92-5c94-8986-0333d06e4e47', appIds: { 1: 'any' } } },
      },
    },
  });
  expect(await exposure.readGroup!(reference, group, [terminal])).toMatchObject({ inForce: undefined });
  await exposure.releaseGroup!(reference, group);
  await expect(exposure.readGroup!(reference, group, [terminal])).rejects.toMatchObject({ kind: 'gone' });
  await expect(exposure.applyGroup!('line-2', group, [{ ...terminal, gpsi: undefined }])).rejects.toThrow(
    /these terminals have none: agv-1/,
  );
});

test('steering is all or nothing', async () => {
  const wanted = {
    terminals: [terminal, { ...terminal, id: 'agv-2', gpsi: undefined, address: '10.45.0.3' }],
    filters: [],
    platformAddress: '10.45.0.1',
    dnai: 'plant-edge',
  };
  const { reference } = await exposure.applySteering!('agvs', wanted);
  expect(nef.heard.map(({ body }) => body)).toMatchObject([
    { gpsi: 'msisdn-491700000001', trafficRoutes: [{ dnai: 'plant-edge' }] },
    { ipv4Addr: '10.45.0.3' },
  ]);
  await exposure.releaseSteering!(reference);
  expect(nef.heard.filter(({ method }) => method === 'DELETE')).toHaveLength(2);
  const answer = nef.answer;
  nef.answer = (heard) =>
    JSON.stringify(heard.body ?? '').includes('10.45.0.3')
      ? { status: 400, body: { detail: 'unknown' } }
      : answer(heard);
  await expect(exposure.applySteering!('agvs', wanted)).rejects.toThrow(/unknown/);
  expect(nef.heard.at(-1)).toMatchObject({ method: 'DELETE' });
});

test('time is asked for with its error budget', async () => {
  const { reference } = await exposure.applyTimeSync!('time', {
    terminals: [terminal],
    accuracyNanoseconds: 900,
  });
  expect(nef.heard[0]).toMatchObject({
    path: '/3gpp-asti/v1/plant-1/configurations',
    body: {
      gpsis: ['msisdn-491700000001'],
      asTimeDisParam: { asTimeDisEnabled: true, timeSyncErrBdgt: 900 },
    },
  });
  await exposure.releaseTimeSync!(reference);
});

test('terminals named are watched, and events say where and whether they are', async () => {
  const watching = await provider.open({
    ...testing.context,
    settings: { ...settings(), watch: 'agv@plant.example, +491700000001' },
  });
  await expect.poll(() => nef.heard.length).toBe(6);
  expect(nef.heard[0]!.body).toEqual({
    externalId: 'agv@plant.example',
    notificationDestination: 'http://127.0.0.1:9999/notif/monitoring/agv%40plant.example',
    monitoringType: 'LOSS_OF_CONNECTIVITY',
    monitorExpireTime: '2023-11-15T22:13:20Z',
    maximumDetectionTime: 60,
  });
  expect(nef.heard[3]!.body).toMatchObject({ msisdn: '491700000001' });
  await provider.notified!(watching, 'monitoring/agv%40plant.example', {
    monitoringEventReports: [
      { monitoringType: 'UE_REACHABILITY' },
      { monitoringType: 'LOCATION_REPORTING', locationInfo: { cellId: '00010', trackingAreaId: '1' } },
    ],
  });
  expect((await watching.terminals!())[0]).toMatchObject({
    gpsi: 'extid-agv@plant.example',
    radio: { registration: 'registered', cell: '00010', tac: '1' },
  });
  await watching.stop();
  expect(nef.heard.filter(({ method }) => method === 'DELETE')).toHaveLength(6);
});

test('credentials are exchanged for a token, once; without one nothing is asked', async () => {
  const tokens = await startCore(false, ({ headers, body }) =>
    headers['authorization'] === `Basic ${Buffer.from('x:y').toString('base64')}` &&
    body === 'grant_type=client_credentials'
      ? { status: 200, body: { access_token: 'abc', expires_in: 3600 } }
      : { status: 401, body: {} },
  );
  const open = (clientSecret: string): Promise<NetworkProvider> =>
    provider.open({
      ...testing.context,
      settings: { ...settings(), tokenUrl: `${tokens.url}/token`, clientId: 'x', clientSecret },
    });
  const known = await open('y');
  const { reference } = await known.applyBinding!(request());
  await known.readBinding!(reference, request());
  expect(tokens.heard).toHaveLength(1);
  expect(nef.heard.map(({ headers }) => headers['authorization'])).toEqual(['Bearer abc', 'Bearer abc']);
  const unknown = await open('wrong');
  await expect(unknown.applyBinding!(request())).rejects.toMatchObject({ kind: 'denied' });
  await tokens.close();
  const alone = await open('y');
  await expect(alone.applyBinding!(request())).rejects.toMatchObject({ kind: 'unavailable' });
  expect(nef.heard).toHaveLength(2);
});
