import { silentLog, VirtualClock } from '@millrace/sdk';
import { expect, test } from 'vitest';
import { ConnectionsHere } from './connections-here.ts';
import type { TerminalRecord } from './inventory/index.ts';
import { ReportedProbes } from './measurement/index.ts';
import { measuringHandlers } from './measuring-handlers.ts';

const printed = [
  'ESTAB 0 0 10.0.0.1:40112 10.0.0.7:502',
  '\t cubic wscale:7,7 rto:204 rtt:3.5/0.75 mss:1448 pmtu:1456 bytes_acked:1 bytes_received:2 segs_out:200 retrans:0/4 minrtt:1.25',
  'ESTAB 0 0 10.0.0.1:40113 10.0.0.8:502',
  '\t cubic rtt:90/1 segs_out:7',
  '',
].join('\n');

const never = (): never => {
  throw new Error('not asked for here');
};

async function setup(input: Record<string, unknown> = { address: '10.0.0.7', things: [] }) {
  const clock = new VirtualClock(1_700_000_000_000_000);
  const connections = new ConnectionsHere(clock, () => Promise.resolve(printed));
  await connections.start();
  const terminal = { id: 't', place: 'hall', input, sessions: [] } as unknown as TerminalRecord;
  const asked: unknown[][] = [];
  const ended: (() => void)[] = [];
  const handlers = measuringHandlers({
    platform: { clock, log: silentLog } as never,
    terminals: { get: (id) => (id === 't' ? terminal : undefined) },
    reported: new ReportedProbes(),
    settings: { show: never, put: never },
    judging: { ofTerminal: () => [] },
    connections,
    keys: () => ({ k: new Uint8Array(16) }),
    findMtu: (...args) => {
      asked.push(args);
      return new Promise((resolve) =>
        ended.push(() => resolve({ octets: 1_456, how: 'probed', words: { en: 'whole', zh: '完整' } })),
      );
    },
    changed: () => {},
  });
  const call = (name: keyof typeof handlers, permissions = ['read', 'configure'], id = 't') =>
    Promise.resolve().then(() =>
      handlers[name]({
        parameters: { terminal: id },
        query: {},
        body: {},
        caller: { actor: { kind: 'person', id: 'ada' }, may: (one) => permissions.includes(one) },
      }),
    );
  return { call, asked, ended, connections };
}

test('a terminal’s own connections are shown as the kernel has them, and jitter with the words that nothing is judged by it', async () => {
  const { call, connections } = await setup();
  const shown = await call('networkTerminalTransport', ['read']);
  expect(shown).toMatchObject({
    addresses: ['10.0.0.7'],
    connectionCount: 1,
    connections: [
      { peer: '10.0.0.7', roundTripMs: 3.5, variationMs: 0.75, leastMs: 1.25, segments: 200, sentAgain: 4 },
    ],
    jitter: [],
    jitterWords: { en: expect.stringMatching(/no level is judged/) },
  });
  await expect(call('networkTerminalTransport', [])).rejects.toMatchObject({ status: 404 });
  await expect(call('networkTerminalTransport', ['read'], 'x')).rejects.toMatchObject({ status: 404 });
  connections.stop();
});

test('a path MTU is searched for with the terminal’s own key, explained, and two at once at most', async () => {
  const { call, asked, ended, connections } = await setup({
    address: '10.0.0.7',
    things: [],
    probe: { method: 'stamp', port: 8620, key: 'k' },
  });
  await expect(call('findNetworkTerminalMtu', ['read'])).rejects.toMatchObject({ status: 403 });
  const first = call('findNetworkTerminalMtu');
  const second = call('findNetworkTerminalMtu');
  await expect(call('findNetworkTerminalMtu')).rejects.toMatchObject({ status: 409, code: 'busy' });
  for (const end of ended) end();
  expect(await first).toMatchObject({
    octets: 1_456,
    how: 'probed',
    tunnels: { en: expect.stringMatching(/GTP-U/) },
  });
  await second;
  expect(asked[0]).toEqual(['10.0.0.7', 8620, new Uint8Array(16)]);
  connections.stop();
});

test('a terminal without an address is refused in words', async () => {
  const { call, connections } = await setup({ things: [] });
  await expect(call('findNetworkTerminalMtu')).rejects.toMatchObject({ status: 409, code: 'no-address' });
  connections.stop();
});
