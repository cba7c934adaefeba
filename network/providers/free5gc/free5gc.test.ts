import type { NetworkProvider, SubscriberInput } from '@millrace/sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Heard,
  request,
  startCore,
  type TestCore,
  type Told,
  testContext,
} from '../../core-network/test-core.ts';
import { provider } from './index.ts';

const slice = { title: 'Plant', profile: { snssai: { sst: 1, sd: '010203' } } };
const subscriber: SubscriberInput = {
  supi: 'imsi-208930000000100',
  gpsi: 'msisdn-0900000000',
  key: '8baf473f2f8fd09487cccbd7097c6862',
  opc: '8e27b6af0e692e750f32667a3b14605d',
  amf: undefined,
  slices: [
    {
      slice,
      isDefault: true,
      dnn: 'internet',
      qos: {
        fiveQi: 9,
        arp: { priorityLevel: 8, mayPreempt: false, preemptable: true },
        mbrUplink: 200_000,
        mbrDownlink: 100_000,
        dscp: 0,
      },
    },
  ],
  ambrUplink: 1_000_000,
  ambrDownlink: 2_000_000,
};

let web: TestCore;
let pcf: TestCore;
let tokens: number;
let known: Map<string, unknown>;
let testing: ReturnType<typeof testContext>;
let core: NetworkProvider;

function consoleAnswer({ method, path, headers, body }: Heard): Told {
  if (path === '/api/login') {
    if ((body as { password: string }).password !== 'secret')
      return { status: 403, body: { cause: 'wrong' } };
    return { status: 200, body: { access_token: `t${++tokens}` } };
  }
  if (headers['token'] !== `t${tokens}` || headers['authorization'] !== undefined)
    return { status: 401, body: {} };
  if (path === '/api/subscriber')
    return { status: 200, body: [...known.keys()].map((ueId) => ({ plmnID: '20893', ueId })) };
  const [, id] = /^\/api\/subscriber\/([^/]+)\/20893$/.exec(path) ?? [];
  if (id !== undefined) {
    if (method === 'GET') return { status: 200, body: known.get(id) ?? {} };
    if (method === 'DELETE') {
      known.delete(id);
      return { status: 204 };
    }
    if (method === 'POST' && known.has(id)) return { status: 409, body: { cause: 'there already' } };
    known.set(id, body);
    return { status: method === 'POST' ? 201 : 204 };
  }
  if (path === '/api/registered-ue-context')
    return {
      status: 200,
      body: [
        {
          AccessType: '3GPP_ACCESS',
          Supi: 'imsi-208930000000100',
          Tac: '000001',
          CmState: 'CONNECTED',
          PduSessions: [
            { PduSessionId: '1', SmContextRef: 'urn:uuid:1', Sst: '1', Sd: '010203', Dnn: 'internet' },
          ],
        },
      ],
    };
  if (path === '/api/ue-pdu-session-info/urn%3Auuid%3A1')
    return { status: 200, body: { PDUAddress: '10.60.0.1', UpCnxState: 'ACTIVATED' } };
  return { status: 404, body: {} };
}

beforeEach(async () => {
  tokens = 0;
  known = new Map();
  web = await startCore(false, consoleAnswer);
  pcf = await startCore(true, ({ method, path }) =>
    method === 'GET'
      ? { status: 404, body: {} }
      : path.endsWith('/delete')
        ? { status: 204 }
        : {
            status: 201,
            headers: { location: `${pcf.url}/npcf-policyauthorization/v1/app-sessions/imsi-1-1` },
            body: {},
          },
  );
  testing = testContext({
    console: web.url,
    user: 'admin',
    password: 'secret',
    plmn: '20893',
    pcf: pcf.url,
    dnn: 'internet',
    sst: 1,
    sd: '010203',
  });
  core = await provider.open(testing.context);
});
afterEach(async () => {
  await core.stop();
  testing.end();
  await Promise.all([web.close(), pcf.close()]);
});

describe('subscribers', () => {
  test('are written as the console takes them', async () => {
    await core.subscribers!.put(subscriber);
    expect(known.get(subscriber.supi)).toEqual({
      plmnID: '20893',
      ueId: 'imsi-208930000000100',
      AuthenticationSubscription: {
        authenticationManagementField: '8000',
        authenticationMethod: '5G_AKA',
        milenage: { op: { encryptionAlgorithm: 0, encryptionKey: 0, opValue: '' } },
        opc: { encryptionAlgorithm: 0, encryptionKey: 0, opcValue: subscriber.opc },
        permanentKey: { encryptionAlgorithm: 0, encryptionKey: 0, permanentKeyValue: subscriber.key },
        sequenceNumber: '000000000000',
      },
      AccessAndMobilitySubscriptionData: {
        gpsis: ['msisdn-0900000000'],
        nssai: { defaultSingleNssais: [{ sst: 1, sd: '010203', isDefault: true }], singleNssais: [] },
        subscribedUeAmbr: { downlink: '2 Gbps', uplink: '1 Gbps' },
      },
      SessionManagementSubscriptionData: [
        {
          singleNssai: { sst: 1, sd: '010203' },
          dnnConfigurations: {
            internet: {
              sscModes: { defaultSscMode: 'SSC_MODE_1', allowedSscModes: ['SSC_MODE_2', 'SSC_MODE_3'] },
              pduSessionTypes: { defaultSessionType: 'IPV4', allowedSessionTypes: ['IPV4'] },
              sessionAmbr: { uplink: '200 Mbps', downlink: '100 Mbps' },
              '5gQosProfile': {
                '5qi': 9,
                arp: { priorityLevel: 8, preemptCap: 'NOT_PREEMPT', preemptVuln: 'PREEMPTABLE' },
                priorityLevel: 8,
              },
            },
          },
        },
      ],
      SmfSelectionSubscriptionData: {
        subscribedSnssaiInfos: { '01010203': { dnnInfos: [{ dnn: 'internet' }] } },
      },
      AmPolicyData: { subscCats: ['free5gc'] },
      SmPolicyData: {
        smPolicySnssaiData: {
          '01010203': {
            snssai: { sst: 1, sd: '010203' },
            smPolicyDnnData: { internet: { dnn: 'internet' } },
          },
        },
      },
      FlowRules: [],
      QosFlows: [],
      ChargingDatas: [],
    });
  });

  test('keep secrets and what others put there when changed, and go', async () => {
    await core.subscribers!.put(subscriber);
    const flowRules = [
      { filter: '10.0.0.1/32', precedence: 1, snssai: '01010203', dnn: 'internet', qosRef: 1 },
    ];
    known.set(subscriber.supi, { ...(known.get(subscriber.supi) as object), FlowRules: flowRules });
    await core.subscribers!.put({ ...subscriber, key: undefined, opc: undefined, ambrUplink: 500 });
    expect(known.get(subscriber.supi)).toMatchObject({
      AuthenticationSubscription: { permanentKey: { permanentKeyValue: subscriber.key } },
      AccessAndMobilitySubscriptionData: { subscribedUeAmbr: { uplink: '500 Kbps' } },
      FlowRules: flowRules,
    });
    expect(await core.subscribers!.list()).toEqual(['imsi-208930000000100']);
    expect(await core.subscribers!.remove(subscriber.supi)).toBe(true);
    await expect(core.subscribers!.put({ ...subscriber, key: undefined })).rejects.toMatchObject({
      kind: 'refused',
    });
  });

  test('a token that has ended is asked for anew; a wrong password is told', async () => {
    await core.subscribers!.list();
    tokens = 7;
    await core.subscribers!.list();
    expect(web.heard.filter(({ path }) => path === '/api/login')).toHaveLength(2);
    const wrong = await provider.open({
      ...testing.context,
      settings: { ...testing.context.settings, password: 'no' },
    });
    await expect(wrong.subscribers!.list()).rejects.toMatchObject({ kind: 'denied' });
    expect(await wrong.test()).toMatchObject({ ok: false });
    await wrong.stop();
  });
});

test('terminals are told with their sessions', async () => {
  expect(await core.terminals!()).toEqual([
    {
      supi: 'imsi-208930000000100',
      gpsi: undefined,
      pei: undefined,
      radio: {
        time: '2023-11-14T22:13:20Z',
        registration: 'registered',
        connection: 'connected',
        tac: '000001',
      },
      sessions: [
        {
          id: 1,
          dnn: 'internet',
          snssai: { sst: 1, sd: '010203' },
          address: '10.60.0.1',
          state: 'activated',
          flows: [],
        },
      ],
    },
  ]);
});

describe('flows', () => {
  test('are asked for, known until the PCF forgets them, and never called effective', async () => {
    const { reference } = await core.applyBinding!(request());
    expect(pcf.heard[0]!.body).toMatchObject({
      ascReqData: {
        suppFeat: '0',
        notifUri: 'http://127.0.0.1:9999/notif/n5',
        ueIpv4: '10.45.0.2',
        sliceInfo: { sst: 1, sd: '010203' },
        medComponents: { 1: { medType: 'VIDEO' } },
      },
    });
    await expect(core.readBinding!(reference, request())).rejects.toMatchObject({ kind: 'gone' });
    pcf.answer = () => ({ status: 200, body: {} });
    expect(await core.readBinding!(reference, request())).toMatchObject({ inForce: undefined });
    pcf.answer = () => ({ status: 404, body: {} });
    await core.releaseBinding!(reference, request());
  });

  test('a terminal without a session is told as such, though its PCF calls it a fault of its own', async () => {
    pcf.answer = () => ({
      status: 500,
      body: { cause: 'PDU_SESSION_NOT_AVAILABLE', detail: 'Session Binding failed' },
    });
    await expect(core.applyBinding!(request())).rejects.toMatchObject({
      kind: 'refused',
      words: { en: expect.stringContaining('no PDU session with the address') },
    });
  });

  test('what its PCF would turn into something else is not asked for', async () => {
    await expect(
      core.applyBinding!(request({ qos: { ...request().qos, fiveQi: 82 } })),
    ).rejects.toMatchObject({ kind: 'unsupported' });
    expect(pcf.heard).toEqual([]);
  });
});
