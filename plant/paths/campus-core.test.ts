import { connect } from 'node:http2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CampusCore, type CoreTerminal } from './campus-core.ts';

const cell = { nci: 1_638_401, gnb: 100, tac: 1 };
let terminals: CoreTerminal[];
let core: CampusCore;

beforeEach(async () => {
  terminals = [
    { supi: 'imsi-999700000000001', gpsi: 'msisdn-8615', pei: 'imei-1', address: '10.45.0.2', cell },
    { supi: 'imsi-999700000000002', gpsi: undefined, pei: 'imei-2', address: '10.45.0.3', cell },
    { supi: 'imsi-999700000000003', gpsi: undefined, pei: 'imei-3', address: '10.45.0.4', cell: undefined },
  ];
  core = await CampusCore.open({
    host: '127.0.0.1',
    ports: { information: 0, pcf: 0 },
    plmn: '99970',
    dnn: 'internet',
    sst: 1,
    grantedFiveQis: [2],
    terminals: () => terminals,
    now: () => 1_758_733_375_895_512,
  });
});
afterEach(() => core.close());

const sessions = '/npcf-policyauthorization/v1/app-sessions';
const body = (changes: Record<string, unknown> = {}): string =>
  JSON.stringify({
    ascReqData: {
      suppFeat: '0',
      notifUri: 'http://127.0.0.1:9999/notif',
      ueIpv4: '10.45.0.2',
      medComponents: { 1: { medCompN: 1, medType: 'VIDEO' } },
      ...changes,
    },
  });

/** One request in clear-text HTTP/2, as a PCF is spoken with. */
async function ask(
  method: string,
  path: string,
  text?: string,
): Promise<{ status: number; location: unknown; body: string }> {
  const client = connect(core.pcfUrl);
  try {
    return await new Promise((resolve, reject) => {
      client.on('error', reject);
      const request = client.request({ ':method': method, ':path': path });
      let status = 0;
      let location: unknown;
      let answer = '';
      request.on('response', (headers) => {
        status = headers[':status'] ?? 0;
        location = headers.location;
      });
      request.on('data', (chunk: Buffer) => {
        answer += chunk.toString('utf8');
      });
      request.on('end', () => resolve({ status, location, body: answer }));
      request.on('error', reject);
      request.end(text);
    });
  } finally {
    client.close();
  }
}

describe('AMF and SMF', () => {
  test('tell of registered terminals, page by page', async () => {
    const told = (await (await fetch(`${core.informationUrl}/ue-info?page=0&page_size=100`)).json()) as {
      items: unknown[];
    };
    expect(told.items).toHaveLength(2);
    expect(told.items[0]).toMatchObject({
      supi: 'imsi-999700000000001',
      pei: 'imei-1',
      msisdn: ['8615'],
      cm_state: 'connected',
      location: {
        timestamp: 1_758_733_375_895_512,
        nr_tai: { plmn: '99970', tac_hex: '000001' },
        nr_cgi: { nci: 1_638_401, gnb_id: 100 },
      },
    });
    const second = (await (
      await fetch(`${core.informationUrl}/pdu-info?page=1&page_size=1`)
    ).json()) as unknown;
    expect(second).toMatchObject({
      items: [
        {
          supi: 'imsi-999700000000002',
          pdu: [{ dnn: 'internet', ipv4: '10.45.0.3', qos_flows: [{ qfi: 1, '5qi': 9 }] }],
        },
      ],
    });
    expect((await fetch(`${core.informationUrl}/elsewhere`)).status).toBe(404);
  });
});

describe('PCF', () => {
  test('gives a flow, shows it in the session, and takes it back', async () => {
    const made = await ask('POST', sessions, body());
    expect(made).toMatchObject({ status: 201, location: `${core.pcfUrl}${sessions}/1` });
    expect(core.flowsOf('10.45.0.2')).toEqual([2]);
    expect(core.information('GET', '/pdu-info').body).toMatchObject({
      items: [
        {
          pdu: [
            {
              qos_flows: [
                { qfi: 1, '5qi': 9 },
                { qfi: 2, '5qi': 2 },
              ],
            },
          ],
        },
        {},
      ],
    });
    expect((await ask('GET', `${sessions}/1`)).status).toBe(200);
    expect((await ask('POST', `${sessions}/1/delete`)).status).toBe(204);
    expect(core.flowsOf('10.45.0.2')).toEqual([]);
    expect((await ask('POST', `${sessions}/1/delete`)).status).toBe(404);
  });

  test.each([
    [
      body({ medComponents: { 1: { medType: 'AUDIO' } } }),
      403,
      'CHECK WEBUI : No PCC Rule in DB [QoS Index:1]',
    ],
    [body({ medComponents: { 1: { medType: 'TEXT' } } }), 400, 'media type'],
    [body({ medComponents: { 1: null } }), 400, 'media type'],
    [body({ medComponents: undefined }), 400, 'MediaComponent'],
    [body({ ueIpv4: '10.45.0.4' }), 404, 'Cannot find session'],
    [body({ ueIpv4: undefined }), 400, 'ueIpv4'],
    [body({ suppFeat: undefined }), 400, 'suppFeat'],
    ['{', 400, 'not JSON'],
    ['null', 400, 'suppFeat'],
    ['x'.repeat(70_000), 413, 'octets'],
  ])('says no in the words of a PCF: %#', async (text, status, words) => {
    const answer = await ask('POST', sessions, text);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(words);
  });

  test('forgets flows with the session they were in', async () => {
    await ask('POST', sessions, body());
    terminals[0] = { ...terminals[0]!, cell: undefined };
    core.information('GET', '/pdu-info');
    expect((await ask('GET', `${sessions}/1`)).status).toBe(404);
    expect(core.flowsOf('10.45.0.2')).toEqual([]);
  });
});
