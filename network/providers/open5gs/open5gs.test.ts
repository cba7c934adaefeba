import type { NetworkProvider, SubscriberInput } from '@millrace/sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bitRate, readBitRate } from '../../core-network/index.ts';
import {
  type Heard,
  request,
  startCore,
  type TestCore,
  type Told,
  testContext,
} from '../../core-network/test-core.ts';
import { provider } from './index.ts';
import { joinTerminals } from './information.ts';
import { rateOf } from './subscribers.ts';
import { startDatabase, type TestDatabase } from './test-database.ts';

/** The request a PCF of Open5GS has been seen to take, and its answers. */
const accepted = {
  ascReqData: {
    suppFeat: '0',
    notifUri: 'http://127.0.0.1:9999/notif/n5',
    ueIpv4: '10.45.0.2',
    dnn: 'internet',
    sliceInfo: { sst: 1 },
    medComponents: {
      1: {
        medCompN: 1,
        medType: 'VIDEO',
        fStatus: 'ENABLED',
        marBwUl: '20 Mbps',
        marBwDl: '20 Mbps',
        mirBwUl: '10 Mbps',
        mirBwDl: '10 Mbps',
        medSubComps: {
          1: {
            fNum: 1,
            fDescs: [
              'permit out 17 from 10.45.0.1 5201 to 10.45.0.2',
              'permit in 17 from 10.45.0.2 to 10.45.0.1 5201',
            ],
            flowUsage: 'NO_INFO',
          },
        },
      },
    },
  },
};
const subscriber: SubscriberInput = {
  supi: 'imsi-999700000000001',
  gpsi: 'msisdn-491700000001',
  key: '465B5CE8B199B49FAA5F0A2EE238A6BC',
  opc: 'E8ED289DEBA952E4283B54E88E6183CA',
  amf: undefined,
  slices: [
    {
      slice: { title: 'Plant', profile: { snssai: { sst: 1 } } },
      isDefault: true,
      dnn: 'internet',
      qos: { fiveQi: 9, arp: { priorityLevel: 8, mayPreempt: false, preemptable: true }, dscp: 0 },
    },
  ],
  ambrUplink: 1_000_000,
  ambrDownlink: 1_500_000,
};

let pcf: TestCore;
let information: TestCore;
let database: TestDatabase;
let flows: { qfi: number; '5qi': number }[];
let testing: ReturnType<typeof testContext>;
let core: NetworkProvider;

const pcfAnswer = ({ method, path }: Heard): Told => {
  if (method === 'GET') return { status: 404, body: {} };
  if (path.endsWith('/delete')) {
    flows = flows.filter((flow) => flow['5qi'] === 9);
    return { status: 204 };
  }
  flows.push({ qfi: flows.length + 1, '5qi': 2 });
  return { status: 201, headers: { location: '/npcf-policyauthorization/v1/app-sessions/1' }, body: {} };
};

beforeEach(async () => {
  flows = [{ qfi: 1, '5qi': 9 }];
  pcf = await startCore(true, pcfAnswer);
  information = await startCore(false, ({ path }) =>
    path.startsWith('/pdu-info')
      ? {
          status: 200,
          body: {
            items: [
              {
                supi: 'imsi-999700000000001',
                pdu: [
                  {
                    psi: 1,
                    dnn: 'internet',
                    ipv4: '10.45.0.2',
                    snssai: { sst: 1, sd: 'ffffff' },
                    qos_flows: flows,
                    pdu_state: 'active',
                  },
                ],
              },
            ],
          },
        }
      : {
          status: 200,
          body: {
            items: [
              {
                supi: 'imsi-999700000000001',
                pei: 'imeisv-3535938300494715',
                cm_state: 'connected',
                location: {
                  timestamp: 1_758_733_375_895_512,
                  nr_tai: { plmn: '99970', tac_hex: '000001', tac: 1 },
                  nr_cgi: { nci: 1_638_401, gnb_id: 100, cell_id: 1 },
                },
                msisdn: ['491700000001'],
              },
            ],
          },
        },
  );
  database = await startDatabase();
  testing = testContext({
    pcf: pcf.url,
    amf: information.url,
    smf: information.url,
    database: database.url,
    addRules: false,
    namedProfiles: false,
    dnn: 'internet',
    sst: 1,
  });
  core = await provider.open(testing.context);
});
afterEach(async () => {
  await core.stop();
  testing.end();
  await Promise.all([pcf.close(), information.close(), database.close()]);
});

describe('flows', () => {
  test('are asked for as the core takes them, seen in the session, and gone when released', async () => {
    const { reference } = await core.applyBinding!(request());
    expect(pcf.heard[0]).toMatchObject({
      method: 'POST',
      path: '/npcf-policyauthorization/v1/app-sessions',
      body: accepted,
    });
    expect(pcf.heard[0]!.body).toEqual(accepted);
    expect(reference).toBe(`${pcf.url}/npcf-policyauthorization/v1/app-sessions/1`);
    expect(await core.readBinding!(reference, request())).toMatchObject({ inForce: true });
    // The same again makes no second session.
    await core.applyBinding!(request());
    expect(pcf.heard.filter(({ path }) => path.endsWith('/app-sessions'))).toHaveLength(1);
    await core.releaseBinding!(reference, request());
    expect(pcf.heard.at(-1)).toMatchObject({ method: 'POST', path: expect.stringMatching(/\/1\/delete$/) });
    expect(await core.readBinding!(reference, request())).toMatchObject({ inForce: false });
  });

  test('a yes that does nothing is not called effective, and a terminal that went is gone', async () => {
    const { reference } = await core.applyBinding!(request());
    flows = [{ qfi: 1, '5qi': 9 }];
    expect(await core.readBinding!(reference, request())).toMatchObject({
      inForce: false,
      words: { en: expect.stringContaining('has no flow of 5QI 2') },
    });
    information.answer = () => ({ status: 200, body: { items: [] } });
    await expect(core.readBinding!(reference, request())).rejects.toMatchObject({ kind: 'gone' });
  });

  test.each([
    [
      403,
      { title: 'Forbidden', detail: 'CHECK WEBUI : No PCC Rule in DB [QoS Index:2]' },
      'refused',
      'has no PCC rule with 5QI 2',
    ],
    [403, { cause: 'REQUESTED_SERVICE_NOT_AUTHORIZED' }, 'refused', 'does not authorise this service'],
    [404, { title: 'Not Found' }, 'refused', 'no PDU session with the address 10.45.0.2'],
    [400, { detail: 'No ueIpv4' }, 'refused', 'answered 400: No ueIpv4'],
    [401, {}, 'denied', 'credentials'],
    [429, {}, 'unavailable', '429'],
    [500, { detail: 'down' }, 'unavailable', 'answered 500: down'],
    [201, '<html>', 'nonsense', 'not JSON'],
    [201, {}, 'nonsense', 'did not say where'],
  ])('an answer of %i is told in words', async (status, body, kind, words) => {
    pcf.answer = () => ({ status, body });
    const failed = core.applyBinding!(request());
    await expect(failed).rejects.toMatchObject({ kind, words: { en: expect.stringContaining(words) } });
    await expect(failed).rejects.toMatchObject({ words: { zh: expect.stringMatching(/[一-鿿]/) } });
  });

  test('a core that is not there is not there', async () => {
    await pcf.close();
    await expect(core.applyBinding!(request())).rejects.toMatchObject({ kind: 'unavailable' });
    pcf = await startCore(true, pcfAnswer);
  });

  test('a 5QI the core cannot give is refused before it is asked; with named profiles it goes by name', async () => {
    const motion = request({ qos: { ...request().qos, fiveQi: 82, profile: 'motion' } });
    await expect(core.applyBinding!(motion)).rejects.toMatchObject({ kind: 'unsupported' });
    expect(pcf.heard).toEqual([]);
    const named = await provider.open({
      ...testing.context,
      settings: { ...testing.context.settings, namedProfiles: true },
    });
    const { values } = await named.dryRun!(motion);
    expect(values).toMatchObject({
      body: { ascReqData: { medComponents: { 1: { qosReference: 'motion', medType: 'OTHER' } } } },
    });
    await named.stop();
  });
});

describe('subscribers', () => {
  test('lie in the database as the core reads them, and keep their secrets when changed without', async () => {
    await core.subscribers!.put(subscriber);
    expect(database.documents).toMatchObject([
      {
        imsi: '999700000000001',
        msisdn: ['491700000001'],
        security: { k: subscriber.key, opc: subscriber.opc, amf: '8000' },
        ambr: { uplink: { value: 1, unit: 3 }, downlink: { value: 1500, unit: 2 } },
        slice: [
          {
            sst: 1,
            default_indicator: true,
            session: [
              {
                name: 'internet',
                type: 1,
                qos: {
                  index: 9,
                  arp: { priority_level: 8, pre_emption_capability: 1, pre_emption_vulnerability: 2 },
                },
                pcc_rule: [],
              },
            ],
          },
        ],
        access_restriction_data: 32,
        subscriber_status: 0,
        network_access_mode: 0,
        subscribed_rau_tau_timer: 12,
        schema_version: 1,
      },
    ]);
    await core.subscribers!.put({ ...subscriber, key: undefined, opc: undefined, ambrUplink: 5000 });
    expect(database.documents).toHaveLength(1);
    expect(database.documents[0]).toMatchObject({
      security: { k: subscriber.key },
      ambr: { uplink: { value: 5, unit: 2 } },
    });
    expect(await core.subscribers!.list()).toEqual(['imsi-999700000000001']);
    expect(await core.subscribers!.remove('imsi-999700000000001')).toBe(true);
    expect(await core.subscribers!.remove('imsi-999700000000001')).toBe(false);
    await expect(core.subscribers!.put({ ...subscriber, key: undefined })).rejects.toMatchObject({
      kind: 'refused',
    });
  });

  test('a missing PCC rule is added before asking and taken back with the flow', async () => {
    await core.subscribers!.put(subscriber);
    const adding = await provider.open({
      ...testing.context,
      settings: { ...testing.context.settings, addRules: true },
    });
    const rules = (): unknown[] =>
      (database.documents[0] as { slice: { session: { pcc_rule: unknown[] }[] }[] }).slice[0]!.session[0]!
        .pcc_rule;
    pcf.answer = () => ({ status: 403, body: { detail: 'No' } });
    await expect(adding.applyBinding!(request())).rejects.toMatchObject({ kind: 'refused' });
    expect(rules()).toEqual([]);
    pcf.answer = pcfAnswer;
    const { reference } = await adding.applyBinding!(request());
    expect(rules()).toMatchObject([
      {
        qos: { index: 2, gbr: { uplink: { value: 10, unit: 2 } } },
        flow: [{ direction: 1 }, { direction: 2 }],
      },
    ]);
    await adding.releaseBinding!(reference, request());
    expect(rules()).toEqual([]);
    await adding.stop();
  });
});

test('terminals are told with cell, device and sessions', async () => {
  expect(await core.terminals!()).toEqual([
    {
      supi: 'imsi-999700000000001',
      gpsi: 'msisdn-491700000001',
      pei: 'imeisv-3535938300494715',
      radio: {
        time: '2025-09-24T17:02:55.895512Z',
        registration: 'registered',
        connection: 'connected',
        cell: '000190001',
        gnb: '100',
        tac: '000001',
      },
      sessions: [
        {
          id: 1,
          dnn: 'internet',
          snssai: { sst: 1 },
          address: '10.45.0.2',
          state: 'active',
          flows: [{ qfi: 1, fiveQi: 9 }],
        },
      ],
    },
  ]);
  expect(joinTerminals([{}, { supi: 7 }], [{ supi: 'imsi-1', pdu: 'no' }], 0)).toEqual([
    { supi: 'imsi-1', gpsi: undefined, pei: undefined, radio: undefined, sessions: [] },
  ]);
});

test('the test changes nothing and names each step', async () => {
  const report = await core.test();
  expect(report).toMatchObject({ ok: true, steps: [{}, {}, {}, {}] });
  expect(pcf.heard.every(({ method }) => method === 'GET')).toBe(true);
});

test('rates are written whole', () => {
  expect([bitRate(20_000), bitRate(500), bitRate(1_000_000), bitRate(1500), bitRate(0.5)]).toEqual([
    '20 Mbps',
    '500 Kbps',
    '1 Gbps',
    '1500 Kbps',
    '500 bps',
  ]);
  expect(readBitRate('1.5 Gbps')).toBe(1_500_000);
  expect(readBitRate('fast')).toBeUndefined();
  expect(rateOf(1_500_000)).toEqual({ value: 1500, unit: 2 });
});
