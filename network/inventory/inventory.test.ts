import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImportReport, Sim, SimDetail, VerdictState } from '@millrace/contract';
import type { AppError, FlowEvidence, SeenTerminal } from '@millrace/sdk';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { iccidProblem, idFrom, luhnDigit, samePei } from './identifiers.ts';
import type { Judgement } from './measuring-port.ts';
import { monthOf } from './report.ts';
import { planSims } from './spreadsheet.ts';
import { openTestRecords, readings, start, TestNetwork } from './test-network.ts';

let network: TestNetwork;
let store: Awaited<ReturnType<typeof openTestRecords>>;
beforeAll(async () => {
  store = await openTestRecords();
});
beforeEach(() => {
  network = new TestNetwork(store.records);
});
afterEach(() => network.close());
afterAll(() => store?.close());

const card = (n: number): string => {
  const digits = `8986${String(n).padStart(14, '0')}`;
  return `${digits}${luhnDigit(digits)}`;
};
const fieldsOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work;
  } catch (error) {
    const { status, fields } = error as AppError;
    return [status, fields.map(({ field }) => field)];
  }
  return 'done';
};

test('an ICCID is known by its check digit, and what a spreadsheet makes of one is said so', () => {
  expect(iccidProblem(card(7))).toBeUndefined();
  expect(iccidProblem(card(7).slice(0, 18))).toBeUndefined();
  const wrong = card(7).slice(0, 18) + String((Number(card(7)[18]) + 1) % 10);
  expect(iccidProblem(wrong)?.en).toMatch(/check digit is wrong/);
  expect(iccidProblem('8.98602E+18')?.en).toMatch(/spreadsheet/);
  expect(iccidProblem('8986020000000000000')?.en).toMatch(/rounded/);
  expect(iccidProblem('1234')?.en).toMatch(/18 to 20 digits/);
  expect(iccidProblem('1'.repeat(19))?.en).toMatch(/begins with 89/);
  expect(samePei('imei-490154203237518', 'imeisv-4901542032375101')).toBe(true);
  expect(idFrom('127.0.0.1-502')).toBe('127.0.0.1-502');
  expect(idFrom('urn:x:y')).not.toBe(idFrom('urn-x-y'));
});

test('terminals are there without anybody typing them in: one a host, one a thing where no host is known', async () => {
  network.thing('urn:t:a', 'Meter', 'works/north', { host: '10.0.0.5', port: 502 });
  network.thing('urn:t:b', 'Meter', 'works/south', { host: '10.0.0.5', port: 4840 });
  network.thing('urn:t:c', 'Meter', 'works/south', { host: '127.0.0.1', port: 1502 });
  network.thing('urn:t:d', 'Meter', 'works/south', { protocol: 'mqtt' });
  await network.begin();
  const { terminals } = (await network.call('networkTerminals')) as {
    terminals: { id: string; place: string; things: number }[];
  };
  expect(terminals.map(({ id, place, things }) => [id, place, things]).sort()).toEqual([
    ['10.0.0.5', 'works', 2],
    ['127.0.0.1-1502', 'works/south', 1],
    [idFrom('urn:t:d'), 'works/south', 1],
  ]);
  // Whoever sees the south sees what lies there, and not what lies partly elsewhere.
  const southern = (await network.call('networkTerminals', {}, ['works/south'])) as { total: number };
  expect(southern.total).toBe(2);
  // A thing that comes later brings its terminal.
  network.thing('urn:t:e', 'Meter', 'works', { host: '10.0.0.9' });
  network.clock.advance(1500);
  expect(network.inventory.terminals.get('10.0.0.9')?.input.things).toEqual(['urn:t:e']);
  // What a person makes of a found one stays, and takes the thing from the found.
  await network.call('putNetworkTerminal', {
    parameters: { terminal: 'press-gateway' },
    body: { title: 'Press gateway', kind: 'wired', things: ['urn:t:a'] },
  });
  expect(network.inventory.terminals.get('10.0.0.5')?.input.things).toEqual(['urn:t:b']);
  expect(network.inventory.terminals.ofThing('urn:t:a')?.id).toBe('press-gateway');
  expect(network.audit.told).toContain('network.terminal.create done');
});

test('a terminal is changed only by who may configure where it is, where it goes, and where its things are', async () => {
  network.thing('urn:t:a', 'Meter', 'works/north');
  await network.begin();
  const put = (places: string[], body: object, terminal = 'one') =>
    fieldsOf(
      network.call(
        'putNetworkTerminal',
        { parameters: { terminal }, body: { kind: 'wired', title: 'x', things: [], ...body } },
        places,
      ),
    );
  expect(await put(['works/south'], { place: 'works/north' })).toEqual([403, []]);
  expect(await put(['works/south'], { place: 'works/south', things: ['urn:t:a'] })).toEqual([403, []]);
  expect(await put(['works/south'], {})).toEqual([403, []]);
  expect(await put(['works/south'], { place: 'works/south' })).toBe('done');
  expect(await put(['works/north'], { place: 'works/north' })).toEqual([403, []]);
  expect(
    await put([''], {
      things: ['urn:t:none'],
      zone: 'nowhere',
      iccid: '123456789012345678',
      pei: 'imei-490154203237519',
    }),
  ).toEqual([422, ['pei', 'iccid', 'things.0', 'zone']]);
  expect(await put([''], {}, 'Not An Id')).toEqual([422, ['id']]);
});

test('a SIM goes from state to state as it may, and who moved it is kept', async () => {
  await network.begin();
  const iccid = card(1);
  const put = (state: string, reason?: string) =>
    network.call('putNetworkSim', {
      parameters: { iccid },
      body: { iccid, state, ...(reason === undefined ? {} : { reason }) },
    });
  await network.call('createNetworkSim', {
    body: { iccid, state: 'in-stock', supi: 'imsi-460001234567890' },
  });
  expect(await fieldsOf(put('suspended'))).toEqual([422, ['state']]);
  await put('active');
  await put('lost', 'left in the taxi');
  expect(await fieldsOf(network.call('deleteNetworkSim', { parameters: { iccid } }))).toEqual([409, []]);
  await put('retired');
  expect(await fieldsOf(put('active'))).toEqual([422, ['state']]);
  const shown = (await network.call('networkSim', { parameters: { iccid } })) as SimDetail;
  expect(shown.history.map(({ from, to, by, reason }) => [from, to, by, reason])).toEqual([
    ['lost', 'retired', 'ada', undefined],
    ['active', 'lost', 'ada', 'left in the taxi'],
    ['in-stock', 'active', 'ada', undefined],
    [undefined, 'in-stock', 'ada', undefined],
  ]);
  expect(shown.next).toEqual([]);
  expect(
    await fieldsOf(
      network.call('createNetworkSim', { body: { iccid: `${card(2).slice(0, 18)}0`, state: 'active' } }),
    ),
  ).toEqual(luhnDigit(card(2).slice(0, 18)) === '0' ? 'done' : [422, ['iccid']]);
  expect((await network.call('networkSims', {}, ['works/south'])) as { total: number }).toMatchObject({
    total: 0,
  });
});

const cases = join(import.meta.dirname, 'cases');
test.each(readdirSync(cases))('table %s', async (name) => {
  await network.begin();
  const expected = JSON.parse(readFileSync(join(cases, name, 'expected.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const bytes =
    expected['encoding'] === 'utf-16le'
      ? Buffer.from(`\uFEFF${readFileSync(join(cases, name, 'input.csv'), 'utf8')}`, 'utf16le')
      : expected['encoding'] === 'gb18030'
        ? Buffer.from(readFileSync(join(cases, name, 'input.hex'), 'utf8').replaceAll(/\s/g, ''), 'hex')
        : readFileSync(join(cases, name, 'input.csv'));
  const rights = {
    may: () => true,
    placeOfThing: (thing: string) => (thing.startsWith('urn:t:') ? '' : undefined),
  };
  let found: unknown;
  try {
    const { report, inputs } = planSims(bytes, network.inventory.sims, rights);
    found = {
      rows: report.rows,
      create: report.create,
      sims: inputs,
      problems: report.problems.map(({ line, field, message }) => [line, field, message.en]),
    };
  } catch (error) {
    found = { refused: (error as AppError).words.en };
  }
  const { encoding: _, ...wanted } = expected;
  expect(found).toEqual(wanted);
});

test('a table is tried first, taken whole or not at all, and comes out as it went in', async () => {
  await network.begin();
  const table = (lines: string[]): Buffer => Buffer.from(`iccid,imsi,state\n${lines.join('\n')}\n`);
  const send = (body: Buffer, apply: boolean) =>
    network.call('importNetworkSims', { body, query: { apply } }) as Promise<ImportReport>;
  const good = table([`${card(1)},460001234567891,active`, `${card(2)},,`]);
  expect(await send(good, false)).toMatchObject({ applied: false, create: 2, problemCount: 0 });
  expect(network.inventory.sims.size).toBe(0);
  const half = table([`${card(1)},460001234567891,active`, '8.98E+18,,']);
  expect(await send(half, true)).toMatchObject({ applied: false, problemCount: 1 });
  expect(network.inventory.sims.size).toBe(0);
  expect(await send(good, true)).toMatchObject({ applied: true, create: 2 });
  expect(await send(good, true)).toMatchObject({ applied: true, create: 0, same: 2 });
  const { content } = (await network.call('exportNetworkSims')) as { content: string };
  expect(await send(Buffer.from(content), false)).toMatchObject({
    create: 0,
    change: 0,
    same: 2,
    problemCount: 0,
  });
  const moved = (await send(table([`${card(1)},460001234567891,suspended`]), false)).changes[0];
  expect(moved).toMatchObject({
    line: 2,
    id: card(1),
    what: 'change',
    fields: { state: { before: 'active', after: 'suspended' } },
  });
});

test('50,000 lines are taken at once, one more is refused', { timeout: 60_000 }, async () => {
  await network.begin();
  const lines = Array.from({ length: 50_000 }, (_, n) => `${card(n)},active`);
  const report = (await network.call('importNetworkSims', {
    body: Buffer.from(`iccid;state\n${lines.join('\n').replaceAll(',', ';')}\n`),
    query: { apply: true },
  })) as ImportReport;
  expect(report).toMatchObject({ applied: true, create: 50_000 });
  expect(network.inventory.sims.size).toBe(50_000);
  expect(
    await fieldsOf(
      network.call('importNetworkSims', {
        body: Buffer.from(`iccid\n${lines.map((line) => line.split(',')[0]).join('\n')}\n${card(60_000)}\n`),
      }),
    ),
  ).toEqual([422, []]);
});

const seenAt = (supi: string, pei: string, address: string | undefined): SeenTerminal => ({
  supi,
  gpsi: undefined,
  pei,
  radio: { time: '2023-11-14T22:14:00Z', registration: 'registered', cell: 'A', rsrpDbm: -80 },
  sessions: address === undefined ? [] : [{ id: 1, dnn: 'plant', address, flows: [] }],
});

test('an address belongs to whom its session has it, and who had it when is kept', async () => {
  network.thing('urn:t:agv', 'Vehicle', 'works/north', { host: '10.45.0.2' });
  const inventory = await network.begin();
  await inventory.seen('core', [seenAt('imsi-001', 'imei-490154203237518', '10.45.0.2')]);
  const one = inventory.terminals.get('imsi-001')!;
  expect([one.input.kind, one.input.things, one.place]).toEqual(['nr', ['urn:t:agv'], 'works/north']);
  network.clock.advance(60_000);
  await inventory.seen('core', [
    seenAt('imsi-001', 'imei-490154203237518', '10.45.0.7'),
    seenAt('imsi-002', 'imei-490154203237500', '10.45.0.2'),
  ]);
  expect(
    (await network.call('networkAddresses', { parameters: { address: '10.45.0.2' } })) as object[],
  ).toMatchObject([{ terminal: 'imsi-002' }, { terminal: 'imsi-001', to: expect.any(String) }]);
  // The core forgets it, and a start of the platform does not.
  await inventory.seen('core', [seenAt('imsi-002', 'imei-490154203237500', '10.45.0.2')]);
  expect(inventory.terminals.get('imsi-001')?.sessions).toEqual([]);
  network.crash();
  const again = await network.begin();
  expect(again.terminals.get('imsi-002')?.sessions[0]?.address).toBe('10.45.0.2');
  const life = (await network.call('networkTerminalLife', {
    parameters: { terminal: 'imsi-001' },
    query: { from: '2020-01-01T00:00:00Z' },
  })) as {
    addresses: { address: string; to?: string }[];
  };
  expect(life.addresses.map(({ address, to }) => [address, to !== undefined])).toEqual([
    ['10.45.0.7', true],
    ['10.45.0.2', true],
  ]);
});

test('a SIM in another device is a problem on its terminal and an alarm’s value, once, and ends when it is mended', async () => {
  const inventory = await network.begin();
  const iccid = card(3);
  await network.call('createNetworkSim', {
    body: { iccid, state: 'in-stock', supi: 'imsi-46000111', pei: 'imei-490154203237518' },
  });
  await network.call('putNetworkSim', {
    parameters: { iccid },
    body: { iccid, state: 'active', supi: 'imsi-46000111', pei: 'imei-490154203237518' },
  });
  const right = seenAt('imsi-46000111', 'imeisv-4901542032375101', '10.45.0.2');
  const wrong = seenAt('imsi-46000111', 'imei-356938035643809', '10.45.0.2');
  const parted = () =>
    network.published.filter(({ property }) => property === 'parted').map(({ value }) => value);
  const shown = async () => ((await network.call('networkSims')) as { sims: Sim[] }).sims[0];
  await inventory.seen('core', [right]);
  await inventory.things.round();
  expect([inventory.terminals.get('imsi-46000111')?.problems, (await shown())?.parted]).toEqual([[], false]);
  for (let times = 0; times < 3; times++) {
    await inventory.seen('core', [wrong]);
    await inventory.things.round();
  }
  expect(inventory.terminals.get('imsi-46000111')?.problems[0]?.en).toMatch(
    /is in IMEI 356938035643809; it belongs in IMEI 490154203237518/,
  );
  expect(await shown()).toMatchObject({ parted: true, seenIn: 'imei-356938035643809' });
  await inventory.seen('core', [right]);
  await inventory.things.round();
  expect((await shown())?.parted).toBe(false);
  expect(parted()).toEqual([false, true, false]);
  expect(network.rules.get('network-sim-parted')?.condition).toMatch(/^parted/);
});

/** Judges by what `verdict` says at the time; a block is how many windows it holds. */
function scripted(verdict: () => VerdictState): Judgement<unknown> {
  const words = (state: string) => ({ en: state, zh: state });
  return {
    readable: () => true,
    summarise: (_level, { from, to }: FlowEvidence) => ({ windows: 1, from, to }),
    merge: (a, b) => ({ windows: (a as { windows: number }).windows + (b as { windows: number }).windows }),
    judge: () => ({
      state: verdict(),
      criteria: [
        {
          criterion: 'latency',
          state: verdict(),
          limit: 10,
          unit: 'ms',
          messages: 10,
          reason: words(verdict()),
        },
      ],
      reason: words(verdict()),
    }),
    figures: (_level, block) => ({
      messages: (block as { windows: number }).windows,
      lost: 0,
      p50Ms: 1,
      p95Ms: 2,
      p99Ms: 3,
      jitterMs: 1,
      upShare: 1,
      downSeconds: 0,
      downEvents: 0,
      method: 'stamp',
    }),
  };
}

test('a violation is said at the second look, once, and is over after six good ones; ended at any moment, nothing is lost or doubled', {
  timeout: 60_000,
}, async () => {
  network.thing('urn:t:a', 'Meter', 'works', { host: '10.0.0.5' });
  network.applications.push(readings);
  let verdict: VerdictState = 'met';
  const judgement = scripted(() => verdict);
  let inventory = await network.begin({ judgement });
  const told: string[] = [];
  const listen = () => inventory.forApp('readings').onChange(({ state }) => told.push(state));
  listen();
  const incidents = async () =>
    ((await network.call('networkIncidents')) as { incidents: { id: string; from: string; to?: string }[] })
      .incidents;
  network.pass(30);
  expect(inventory.judging.pair('readings.values', '10.0.0.5')?.state).toBe('met');
  verdict = 'violated';
  network.pass(10);
  expect(inventory.judging.pair('readings.values', '10.0.0.5')?.state).toBe('met');
  network.pass(10);
  await inventory.records.settled();
  expect(await incidents()).toMatchObject([
    { flow: 'readings.values', terminal: '10.0.0.5', criteria: ['latency'] },
  ]);
  expect(told).toEqual(['met', 'violated']);
  expect(inventory.pathOf('urn:t:a', 'readings.values')?.state).toBe('violated');
  expect(inventory.pathOf('urn:t:a', 'other')).toBeUndefined();
  const since = inventory.judging.pair('readings.values', '10.0.0.5')!.since;
  // Killed here, and started again: the same incident goes on.
  for (let times = 0; times < 3; times++) {
    network.crash();
    inventory = await network.begin({ judgement });
    network.pass(15);
  }
  await inventory.records.settled();
  expect(inventory.judging.pair('readings.values', '10.0.0.5')!.since).toBe(since);
  expect((await incidents()).length).toBe(1);
  verdict = 'met';
  listen();
  network.pass(50);
  await inventory.records.settled();
  expect((await incidents())[0]?.to).toBeUndefined();
  network.pass(30);
  await inventory.records.settled();
  expect((await incidents())[0]?.to).toBeDefined();
  expect((await incidents()).length).toBe(1);
  expect(inventory.judging.pair('readings.values', '10.0.0.5')?.state).toBe('met');
  // The application is switched off: nobody needs anything, and what is open is closed.
  verdict = 'violated';
  network.pass(30);
  network.applications[0] = { ...readings, enabled: false };
  network.pass(10);
  await inventory.records.settled();
  expect((await incidents()).map(({ to }) => to !== undefined)).toEqual([true, true]);
});

test('what the store will never take does not keep the rest from it', async () => {
  const { records } = await network.begin();
  const incident = (id: string, terminal: string) =>
    records.incidentStatements({
      id,
      flow: 'f',
      terminal,
      since: start,
      until: undefined,
      incident: { id, flow: 'f', terminal, from: '2023-11-14T22:14:00Z', criteria: [], actions: [] },
    });
  records.write(incident('a', 't'));
  // A second open one of the same pair: there is only ever one.
  records.write(incident('b', 't'));
  records.write(incident('c', 'u'));
  await records.settled();
  expect((await records.openIncidents()).map(({ id }) => id).sort()).toEqual(['a', 'c']);
  expect([records.dropped, records.failing]).toEqual([1, undefined]);
});

test('minutes and hours add up across a start, and the month tells of them', {
  timeout: 60_000,
}, async () => {
  network.thing('urn:t:a', 'Meter', 'works', { host: '10.0.0.5' });
  network.applications.push(readings);
  let inventory = await network.begin({ judgement: scripted(() => 'met') });
  network.pass(600);
  await inventory.stop();
  network.crash();
  inventory = await network.begin({ judgement: scripted(() => 'met') });
  network.pass(3600);
  await inventory.records.settled();
  const rows = await network.records.query<{ start: string }>(
    'SELECT start::text AS start FROM network_hours',
  );
  expect(rows.length).toBe(1);
  const minutes = (await network.call('networkTerminalHistory', {
    parameters: { terminal: '10.0.0.5', flow: 'readings.values' },
    query: { step: 'minute', from: '2020-01-01T00:00:00Z' },
  })) as { from: string; messages: number }[];
  // One line a minute, in order, none twice.
  expect(new Set(minutes.map(({ from }) => from)).size).toBe(minutes.length);
  expect(minutes.length).toBeGreaterThanOrEqual(68);
  const [hour] = (await network.call('networkTerminalHistory', {
    parameters: { terminal: '10.0.0.5', flow: 'readings.values' },
    query: { step: 'hour', from: '2020-01-01T00:00:00Z' },
  })) as { from: string; messages: number }[];
  const within = minutes.filter(({ from }) => from.slice(0, 13) === hour!.from.slice(0, 13));
  expect(hour!.messages).toBe(within.reduce((sum, { messages }) => sum + messages, 0));
  const report = (await network.call('networkReport', { query: { month: '2023-11' } })) as {
    from: string;
    flows: { metShare: number; judgedHours: number; byTerminal: object[] }[];
  };
  expect(report.from).toBe('2023-10-31T16:00:00Z');
  expect(report.flows[0]).toMatchObject({ metShare: 1, byTerminal: [{ terminal: '10.0.0.5', metShare: 1 }] });
  const { content } = (await network.call('exportNetworkReport', { query: { month: '2023-11' } })) as {
    content: string;
  };
  expect(content.split('\r\n').length).toBe(4);
});

test('messages that come by themselves are judged: a meter that falls silent is down', {
  timeout: 60_000,
}, async () => {
  network.thing('urn:t:a', 'Meter', 'works', { host: '10.0.0.5' });
  network.applications.push(readings);
  const inventory = await network.begin();
  const send = () => network.sample('urn:t:a', network.clock.now() - 5_000, network.clock.now());
  network.pass(300, send);
  const pair = () => inventory.judging.pair('readings.values', '10.0.0.5')!;
  expect(pair().state).not.toBe('violated');
  expect(pair().figures?.messages).toBeGreaterThan(50);
  const rows = (await network.call('networkApplications')) as {
    flow: string;
    terminals: object;
    figures: object[];
  }[];
  expect(rows[0]).toMatchObject({ flow: 'readings.values', priority: 3 });
  network.pass(60);
  network.pass(60, (second) => {
    if (second % 20 === 0) send();
  });
  network.pass(60, send);
  expect(inventory.judging.failures).toBe(0);
  expect(pair().criteria.map(({ criterion }) => criterion)).toContain('availability');
});

test('a level that cannot exist is refused at the field, and one the plant adapts can be taken back', async () => {
  network.thing('urn:t:a', 'Meter', 'works', { host: '10.0.0.5' });
  network.applications.push(readings);
  await network.begin();
  const [flow] = (await network.call('networkFlows')) as { id: string; level: object; adapted: boolean }[];
  const {
    id: _,
    adapted: __,
    app: ___,
    whenLost: ____,
    ...input
  } = flow as Record<string, unknown> & { level: object };
  const put = (level: object) =>
    network.call('putNetworkFlow', {
      parameters: { flow: 'readings.values' },
      body: { ...input, level: { ...flow!.level, ...level } },
    });
  expect(await fieldsOf(put({ availabilityMin: 1 }))).toEqual([422, ['level.availabilityMin']]);
  expect(await fieldsOf(put({ latency: { path: 'uplink', within: [{ share: 0.9, ms: 0 }] } }))).toEqual([
    422,
    ['level.latency.within.0.ms'],
  ]);
  expect(
    await fieldsOf(network.call('deleteNetworkFlow', { parameters: { flow: 'readings.values' } })),
  ).toEqual([409, []]);
  await put({ availabilityMin: 0.8 });
  expect(network.inventory.flows.get('readings.values')).toMatchObject({
    adapted: true,
    input: { level: { availabilityMin: 0.8 } },
  });
  await network.call('deleteNetworkFlow', { parameters: { flow: 'readings.values' } });
  expect(network.inventory.flows.get('readings.values')).toMatchObject({
    adapted: false,
    input: { level: { availabilityMin: 0.9 } },
  });
});

test('a month begins and ends at the plant’s midnight, also where clocks change in between', () => {
  const iso = (us: number) => new Date(us / 1000).toISOString();
  const { from, to } = monthOf('2024-03', 'Europe/Berlin');
  expect([iso(from), iso(to)]).toEqual(['2024-02-29T23:00:00.000Z', '2024-03-31T22:00:00.000Z']);
  expect(iso(monthOf('2023-12', 'Asia/Shanghai').to)).toBe('2023-12-31T16:00:00.000Z');
  expect(start % 60_000_000).toBe(0);
});
