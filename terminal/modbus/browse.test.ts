import type { BrowseNode, PropertyAffordance } from '@millrace/contract';
import { type ProbeContext, silentLog, systemClock } from '@millrace/sdk';
import { afterEach, expect, test } from 'vitest';
import { modbus } from './protocol.ts';
import type { ScriptedDevice } from './test-device.ts';
import { type DeviceDescription, registersOf } from './test-registers.ts';
import { allSampled, closeAll, device, freePort, last, meter, open } from './test-setup.ts';

afterEach(closeAll);

function probe(port: number, settings: Record<string, string | number> = {}): ProbeContext {
  return {
    settings: { host: '127.0.0.1', port, timeoutMilliseconds: 500, ...settings },
    clock: systemClock,
    log: silentLog,
    signal: new AbortController().signal,
    folder: '/nonexistent',
    protocolFolder: '/nonexistent',
  };
}

async function described(description: DeviceDescription): Promise<{ device: ScriptedDevice; port: number }> {
  return device(registersOf(description));
}

/** Text in registers. */
function text(content: string, registers: number): number[] {
  const bytes = Buffer.alloc(registers * 2);
  bytes.write(content, 'latin1');
  return Array.from({ length: registers }, (_, i) => bytes.readUInt16BE(i * 2));
}

/** A SunSpec meter: identification, model 203, a model nobody knows, the end. */
function sunSpecMeter(): number[] {
  const identification = [
    1,
    66,
    ...text('Acme', 16),
    ...text('PM 3000', 16),
    ...text('', 8),
    ...text('1.2', 8),
    ...text('SN-1', 16),
    1,
    0x8000,
  ];
  const values = new Array<number>(105).fill(0x8000);
  const put = (offset: number, ...content: number[]): void => {
    content.forEach((value, i) => {
      values[offset - 2 + i] = value & 0xffff;
    });
  };
  put(2, 123, 41, 42, 40, -1); // A, phases, A_SF
  put(7, 2301, 2300, 2301, 2302); // PhV and phases
  put(15, -1); // V_SF
  put(16, 5001, -2); // Hz, Hz_SF
  put(18, 2830, 940, 950, 940, 0); // W, phases, W_SF
  put(46, 1, 0x86a0); // TotWhImp: 100,000
  put(54, 0); // TotWh_SF
  return [0x5375, 0x6e53, ...identification, 203, 105, ...values, 64_999, 2, 7, 8, 0xffff, 0];
}

test('test says step by step what it found', async () => {
  const { port } = await described({
    units: {
      '1': { HoldingRegister: { '0': [42], '40000': sunSpecMeter() } },
      '3': { HoldingRegister: { '0': [1] } },
    },
  });
  const report = await modbus.test(probe(port));
  expect(report.ok).toBe(true);
  expect(report.problem).toBeUndefined();
  expect(report.steps.map((step) => [step.title.en.replace(/\d{5}/, 'PORT'), step.ok, step.detail])).toEqual([
    ['Connect to 127.0.0.1:PORT', true, undefined],
    ['Unit 1 answers (reading HoldingRegister 0)', true, 'HoldingRegister 42'],
    ['Look for other units', true, '1, 3'],
    ['Look for a SunSpec description', true, 'SunS @ 40000'],
  ]);
  expect(report.found).toEqual({ units: [1, 3], sunSpec: [40000] });
});

test('an exception is an answer', async () => {
  const { port } = await described({ units: { '1': { HoldingRegister: { '100': [1] } } } });
  const report = await modbus.test(probe(port));
  expect(report.ok).toBe(true);
  expect(report.steps[1]?.detail).toBe('HoldingRegister: exception 2, illegal data address');
});

test('a server that is silent about registers it lacks is not taken for a silent unit', async () => {
  const { port } = await device((read) => (read.entity === 'Coil' ? { data: Buffer.from([1]) } : 'silence'));
  const report = await modbus.test(probe(port));
  expect(report.ok).toBe(true);
  expect(report.steps[1]?.detail).toBe('Coil true');
});

test('a wrong unit id is said together with those that answer', async () => {
  const { port } = await described({
    units: { '3': { HoldingRegister: { '0': [1] } }, '247': { HoldingRegister: { '0': [1] } } },
  });
  const report = await modbus.test(probe(port, { unit: 9 }));
  expect(report.ok).toBe(false);
  expect(report.problem).toMatchObject({ code: 'no-unit-answers', field: 'unit' });
  expect(report.problem?.remedy.en).toMatch(/^These unit ids answer: 3, 247\./);
  expect(report.problem?.remedy.zh).toContain('有应答的单元号：3, 247');
});

test('a gateway whose device is silent is told from silence', async () => {
  const { port } = await described({ units: {}, exceptions: { '1': 11 } });
  const report = await modbus.test(probe(port));
  expect(report.problem).toMatchObject({ code: 'unit-silent', field: 'unit' });
  expect(report.steps[1]).toMatchObject({
    ok: false,
    detail: 'HoldingRegister: exception 11, gateway target device failed to respond',
  });
});

test('what is not Modbus, not there or not listening is said so', async () => {
  const { port } = await device(() => ({ raw: Buffer.from('SSH-2.0-OpenSSH_9.2\r\n') }));
  expect((await modbus.test(probe(port))).problem?.code).toBe('not-modbus');
  const closed = await modbus.test(probe(await freePort()));
  expect(closed.problem?.code).toBe('connection-refused');
  expect(closed.steps).toHaveLength(1);
  expect(closed.steps[0]).toMatchObject({ ok: false });
  expect((await modbus.test(probe(502, { host: 'no-such-host.invalid' }))).problem?.code).toBe(
    'host-not-found',
  );
});

const names = (nodes: readonly BrowseNode[]) => nodes.map((node) => node.name);

test('a SunSpec device is walked to its values, and what is chosen can be polled', async () => {
  const { port } = await described({ units: { '1': { HoldingRegister: { '40000': sunSpecMeter() } } } });
  const context = probe(port);
  const top = await modbus.browse!(context, undefined);
  expect(top[0]).toMatchObject({ id: 'unit/1/sunspec/40000', kind: 'folder', detail: 'Acme PM 3000' });
  const models = await modbus.browse!(context, top[0]!.id);
  expect(names(models)).toEqual(['1 Identification', '203 Meter, three phase with neutral', 'Model 64999']);
  const identification = await modbus.browse!(context, models[0]!.id);
  expect(identification.find((node) => node.name === 'SN')?.value).toBe('SN-1');
  const points = await modbus.browse!(context, models[1]!.id);
  const value = (name: string) => points.find((node) => node.name === name)?.value;
  expect([value('A'), value('PhVphA'), value('Hz'), value('W'), value('TotWhImp')]).toEqual([
    12.3, 230, 50.01, 2830, 100000,
  ]);
  // Not implemented by this device.
  expect(value('VA')).toBeUndefined();
  const unknown = await modbus.browse!(context, models[2]!.id);
  expect(unknown.slice(0, 2).map((node) => node.value)).toEqual([7, 8]);

  const chosen = points.filter((node) => ['A', 'PhVphA', 'W', 'VA'].includes(node.name));
  const thing = meter(port, {});
  thing.properties = Object.fromEntries(
    chosen.map((node) => [node.name, node.affordance as PropertyAffordance]),
  );
  const { context: polled } = await open(port, [thing]);
  await allSampled(polled, 4);
  expect(last(polled, 'A')).toEqual({ value: 12.3, status: 0 });
  expect(last(polled, 'W')).toEqual({ value: 2830, status: 0 });
  expect(last(polled, 'VA')?.value).toBeNull();
});

test('a register map of a well-known meter shows what the device has there', async () => {
  const { port } = await described({
    units: {
      '1': {
        InputRegister: { '0': '4366199a 4366199a 4366199a 3f800000 3f800000 3f800000', '70': '42480000' },
      },
    },
  });
  const points = await modbus.browse!(probe(port), 'unit/1/template/eastron-sdm');
  const find = (name: string) => points.find((node) => node.name === name);
  expect(find('voltageL1')).toMatchObject({
    value: 230.1,
    affordance: { unit: 'V', titles: { zh: 'L1-N 电压' } },
  });
  expect(find('frequency')?.value).toBe(50);
  expect(find('power')).toMatchObject({ detail: 'InputRegister 52: exception 2, illegal data address' });
  expect(find('power')?.value).toBeUndefined();
});

test('bare registers show every reading of what is there', async () => {
  const { port } = await described({
    units: { '1': { HoldingRegister: { '100': '199a4366 00ff', '150': [1] }, Coil: { '0': [1, 0] } } },
  });
  const context = probe(port);
  const shelves = await modbus.browse!(context, 'unit/1/scan/HoldingRegister');
  expect(shelves).toHaveLength(66);
  expect(shelves.at(-1)?.name).toBe('65000–65535');
  const folders = await modbus.browse!(context, shelves[0]!.id);
  expect(names(folders).slice(0, 2)).toEqual(['0–99', '100–199']);
  const registers = await modbus.browse!(context, folders[1]!.id);
  expect(registers.map((node) => [node.name, node.value])).toEqual([
    ['holding100', 0x199a],
    ['holding101', 0x4366],
    ['holding102', 0xff],
    ['holding150', 1],
  ]);
  expect(registers[0]?.detail).toContain('float (CDAB) 230.1');
  const readings = await modbus.browse!(context, registers[0]!.id);
  expect(readings.find((node) => node.detail === 'float32 CDAB')).toMatchObject({
    value: 230.1,
    affordance: { forms: [{ 'modv:type': 'xsd:float', 'modv:mostSignificantWord': false }] },
  });
  const coils = await modbus.browse!(context, 'unit/1/scan/Coil/0/100');
  expect(coils.map((node) => node.value)).toEqual([true, false]);
});

test('units behind a gateway are found', async () => {
  const { port } = await described({
    units: { '2': { HoldingRegister: { '0': [1] } }, '5': { HoldingRegister: { '0': [1] } } },
    exceptions: Object.fromEntries(
      Array.from({ length: 33 }, (_, i) => [String(i), 11]).filter(([unit]) => unit !== '2' && unit !== '5'),
    ),
  });
  const units = await modbus.browse!(probe(port), 'units/1');
  expect(units.filter((node) => node.id.startsWith('unit/')).map((node) => node.name)).toEqual([
    'Unit 2',
    'Unit 5',
  ]);
  expect(units.find((node) => node.id === 'units/33')?.name).toBe('Units 33–64');
});

test('what cannot be browsed is said in words', async () => {
  const { port } = await described({ units: { '1': { HoldingRegister: { '0': [1] } } } });
  for (const node of [
    '',
    'nonsense',
    'unit/900',
    'unit/1/scan/Nothing',
    'unit/1/scan/Coil/x',
    'unit/1/template/x',
    'units/-1',
  ]) {
    await expect(modbus.browse!(probe(port), node), node).rejects.toMatchObject({
      problem: { code: 'node-unknown' },
    });
  }
  await expect(modbus.browse!(probe(port), 'unit/2/scan/Coil/0/100')).rejects.toMatchObject({
    problem: { code: 'no-unit-answers' },
  });
  await expect(modbus.browse!(probe(await freePort()), undefined)).rejects.toMatchObject({
    problem: { code: 'connection-refused' },
  });
});
