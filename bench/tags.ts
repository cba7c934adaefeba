import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Connection, Counters, LiveUpdate } from '@millrace/contract';
import { figure, percentile, progress, type Row } from './harness.ts';
import { processorSeconds, ServerUnderTest } from './server-under-test.ts';

export const name = 'tags';

/** Half of the tags over each protocol: 100 machines of 100 variables, and 10 gateways of 10 units of 100 registers. */
const machines = 100;
const variables = 100;
const gateways = 10;
const units = 10;
const registers = 100;
const tagsPerSecond = machines * variables + gateways * units * registers;

const settleSecondsMax = 180;
const warmUpSeconds = 10;
const measureSeconds = 60;
const bareSeconds = 15;
const coresMax = 1;
/**
 * Later than this behind its time is lag; so is growing by more than half of it. An OPC UA server samples and publishes each half second by
 * itself, so a second is owed to it.
 */
const lagMillisecondsMax = 2000;

interface Devices {
  ports: number[];
  endpoint: string;
  namespaceUri: string;
}

/**
 * 20,000 tags, each with a new value each second, over OPC UA and Modbus, against servers in processes of their own. Counts the processor
 * time of all processes of the platform, and looks for polls and changes that were missed and for lag that grows.
 */
export async function run(): Promise<Row[]> {
  const children: ChildProcess[] = [];
  let server: ServerUnderTest | undefined;
  try {
    progress('starting the devices');
    const modbus = await start<{ ports: number[] }>('modbus-devices', [gateways, units, registers], children);
    const opcua = await start<{ endpoint: string; namespaceUri: string }>(
      'opcua-machines',
      [machines, variables],
      children,
    );
    const devices: Devices = { ...modbus, ...opcua };
    progress('measuring the bare parts');
    const machineProcess = children.at(-1)!;
    const bare = await measureBare(devices, children);
    progress('starting the platform');
    server = await ServerUnderTest.start();
    const { ids, connections } = await register(server, devices);
    progress(`waiting for ${tagsPerSecond.toLocaleString('en')} tags to be live`);
    await settle(server, connections);
    await sleep(warmUpSeconds * 1000);
    progress(`measuring for ${measureSeconds} s`);
    return await measure(server, ids, connections, bare, machineProcess);
  } catch (error) {
    if (server !== undefined) progress(server.output.slice(-4000));
    throw error;
  } finally {
    await server?.stop();
    for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  }
}

/** Starts a process of this bench and takes its first message. */
async function start<T>(file: string, args: readonly unknown[], children: ChildProcess[]): Promise<T> {
  const child = fork(fileURLToPath(new URL(`./tags/${file}.js`, import.meta.url)), args.map(String), {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  children.push(child);
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = `${errors}${chunk}`.slice(-4000);
  });
  return new Promise<T>((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}: ${errors}`)));
  });
}

interface Bare {
  cores: number;
  valuesPerSecond: number;
}

/** The same values taken by the bare libraries, and thrown away. */
async function measureBare(devices: Devices, children: ChildProcess[]): Promise<Bare> {
  const plan = {
    ports: devices.ports,
    units,
    registers,
    endpoint: devices.endpoint,
    objects: machines,
    variables,
  };
  await start('bare-client', [JSON.stringify(plan)], children);
  const child = children.at(-1)!;
  const read = (): Promise<{ values: number; processorSeconds: number }> =>
    new Promise((resolve) => {
      child.once('message', (message) => resolve(message as { values: number; processorSeconds: number }));
      child.send('how much?');
    });
  await sleep(5000);
  const before = await read();
  const from = performance.now();
  await sleep(bareSeconds * 1000);
  const after = await read();
  const seconds = (performance.now() - from) / 1000;
  child.kill('SIGKILL');
  return {
    cores: (after.processorSeconds - before.processorSeconds) / seconds,
    valuesPerSecond: (after.values - before.values) / seconds,
  };
}

/** Connections and things as a person would register them; ids by protocol. */
async function register(
  server: ServerUnderTest,
  devices: Devices,
): Promise<{ ids: { modbus: string[]; opcua: string[] }; connections: string[] }> {
  const connections: string[] = [];
  const connect = async (protocol: string, title: string, settings: object): Promise<void> => {
    const made = await server.request('POST', '/api/connections', { protocol, title, settings });
    if (made.status !== 201)
      throw new Error(`connection ${title}: ${made.status} ${JSON.stringify(made.body)}`);
    connections.push((made.body as Connection).id);
  };
  await connect('opcua', 'machines', {
    endpoint: devices.endpoint,
    securityPolicy: 'None',
  });
  for (const port of devices.ports) await connect('modbus', `gateway ${port}`, { host: '127.0.0.1', port });
  const ids = { modbus: [] as string[], opcua: [] as string[] };
  const put = async (id: string, properties: object): Promise<void> => {
    const made = await server.request('PUT', `/api/things/${encodeURIComponent(id)}`, {
      id,
      title: id,
      properties,
    });
    if (made.status >= 300) throw new Error(`thing ${id}: ${made.status} ${JSON.stringify(made.body)}`);
  };
  for (let machine = 0; machine < machines; machine++) {
    const id = `urn:bench:machine:${machine}`;
    ids.opcua.push(id);
    await put(
      id,
      Object.fromEntries(
        Array.from({ length: variables }, (_, v) => [
          `v${v}`,
          {
            type: 'number',
            forms: [
              {
                href: `${devices.endpoint}/?id=${encodeURIComponent(`nsu=${devices.namespaceUri};s=M${machine}.V${v}`)}`,
              },
            ],
          },
        ]),
      ),
    );
  }
  for (const port of devices.ports) {
    for (let unit = 1; unit <= units; unit++) {
      const id = `urn:bench:meter:${port}:${unit}`;
      ids.modbus.push(id);
      await put(
        id,
        Object.fromEntries(
          Array.from({ length: registers }, (_, address) => [
            `r${address}`,
            {
              type: 'number',
              forms: [
                {
                  href: `modbus+tcp://127.0.0.1:${port}/${unit}/${address}`,
                  'modv:entity': 'HoldingRegister',
                  'modv:type': 'xsd:unsignedShort',
                  'millrace:scale': 0.1,
                },
              ],
            },
          ]),
        ),
      );
    }
  }
  return { ids, connections };
}

/** Waits until every tag has come in at its full rate. */
async function settle(server: ServerUnderTest, connections: readonly string[]): Promise<void> {
  const end = performance.now() + settleSecondsMax * 1000;
  let before = 0;
  let at = 0;
  for (;;) {
    const { stored } = await totals(server, connections);
    const now = performance.now();
    const perSecond = at === 0 ? 0 : ((stored - before) * 1000) / (now - at);
    if (perSecond >= tagsPerSecond * 0.95) return;
    if (now > end) {
      throw new Error(
        `only ${Math.round(perSecond)} values a second come in; connections: ${JSON.stringify(await states(server))}`,
      );
    }
    before = stored;
    at = now;
    await sleep(5000);
  }
}

async function measure(
  server: ServerUnderTest,
  ids: { modbus: string[]; opcua: string[] },
  connections: readonly string[],
  bare: Bare,
  machineProcess: ChildProcess,
): Promise<Row[]> {
  const watched = [0, 33, 66, 99].flatMap((i) => [ids.modbus[i]!, ids.opcua[i]!]);
  const watch = watchLive(server, watched);
  // When all of a second has come in and nothing of the next, so that a second is counted whole or not at all.
  await sleep(1900 - (Date.now() % 1000));
  const processes = server.pids();
  const processorBefore = sum(processes.map(processorSeconds));
  const before = await totals(server, connections);
  const from = performance.now();
  const fromTime = Date.now();
  await sleep(measureSeconds * 1000);
  const processorAfter = sum(processes.map(processorSeconds));
  const seconds = (performance.now() - from) / 1000;
  const toTime = Date.now();
  const after = await totals(server, connections);
  const lags = await watch.stop();
  await sleep(3000);

  const cores = (processorAfter - processorBefore) / seconds;
  const perSecond = (after.stored - before.stored) / seconds;
  const missedPolls = after.missedPolls - before.missedPolls;
  const missed = { modbus: 0, opcua: 0 };
  const skipped = await skippedSeconds(machineProcess);
  const leftOut = [...skipped].filter((second) => second * 1000 >= fromTime && second * 1000 < toTime).length;
  const sentPerSecond = tagsPerSecond - (leftOut * machines * variables) / seconds;
  let looked = 0;
  for (const protocol of ['modbus', 'opcua'] as const) {
    for (let i = 0; i < 100; i += 9) {
      const property = `${protocol === 'modbus' ? 'r' : 'v'}${i}`;
      const absent = await absentSeconds(server, ids[protocol][i]!, property, fromTime, toTime - 2000);
      missed[protocol] += absent.filter((second) => protocol === 'modbus' || !skipped.has(second)).length;
      looked++;
    }
  }
  const third = Math.floor(lags.length / 3);
  const early = percentile(lags.slice(0, third), 95);
  const late = percentile(lags.slice(-third), 95);
  return [
    {
      what: `${tagsPerSecond.toLocaleString('en')} tags a second over OPC UA and Modbus: processor time of the platform`,
      reach: `≤ ${coresMax} core`,
      measured: `${cores.toFixed(2)} cores at ${figure(perSecond, 'values/s')} of ${figure(sentPerSecond, 'sent')}`,
      ceiling: `${bare.cores.toFixed(2)} cores at ${figure(bare.valuesPerSecond, 'values/s')}, storing nothing`,
      reached:
        cores <= coresMax && perSecond >= sentPerSecond * 0.999 && sentPerSecond >= tagsPerSecond * 0.9,
    },
    {
      what: 'missed polls, and seconds absent from the history of tags looked at',
      reach: '0',
      measured: `${missedPolls} polls; Modbus ${missed.modbus}, OPC UA ${missed.opcua} in ${looked} tags × ${Math.round(seconds)} s`,
      ceiling: '–',
      reached: missedPolls === 0 && missed.modbus === 0 && missed.opcua === 0,
    },
    {
      what: 'lag from change to live value, p95: first third → last third',
      reach: `not growing, ≤ ${lagMillisecondsMax} ms`,
      measured: `${Math.round(early)} → ${Math.round(late)} ms`,
      ceiling: '–',
      reached: late <= lagMillisecondsMax && late - early <= lagMillisecondsMax / 2,
    },
  ];
}

/** Follows things on the live stream; gives how far behind its time each value arrived, ms, in order of arrival. */
function watchLive(server: ServerUnderTest, things: readonly string[]): { stop(): Promise<number[]> } {
  const lags: number[] = [];
  const controller = new AbortController();
  const query = things.map((thing) => `thing=${encodeURIComponent(thing)}`).join('&');
  const follow = async (): Promise<void> => {
    const response = await fetch(`${server.url}/api/live?${query}`, {
      headers: { authorization: `Bearer ${server.token}` },
      signal: controller.signal,
    });
    if (response.status !== 200 || response.body === null) {
      throw new Error(`the live stream answered ${response.status}`);
    }
    const decoder = new TextDecoder();
    let rest = '';
    let first = true;
    for await (const chunk of response.body) {
      const now = Date.now();
      const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        if (!line.startsWith('data:')) continue;
        const update = JSON.parse(line.slice(5)) as LiveUpdate;
        // The first tells what was there before.
        if (!first) for (const sample of update.samples) lags.push(now - Date.parse(sample.time));
        first = false;
      }
    }
  };
  const done = follow().catch((error: unknown) => {
    if (!controller.signal.aborted) throw error;
  });
  done.catch(() => {});
  return {
    async stop() {
      controller.abort();
      await done;
      return lags;
    },
  };
}

/** Seconds that a tag's history has no value of; it changes in each. */
async function absentSeconds(
  server: ServerUnderTest,
  thing: string,
  property: string,
  from: number,
  to: number,
): Promise<number[]> {
  const answer = await server.request(
    'GET',
    `/api/things/${encodeURIComponent(thing)}/properties/${property}/samples?from=${from - 2000}&to=${to + 2000}&points=10000`,
  );
  const samples = (answer.body as { samples?: { time: string; quality: string }[] }).samples ?? [];
  const seen = new Set(
    samples.filter((s) => s.quality === 'good').map((s) => Math.floor(Date.parse(s.time) / 1000)),
  );
  const absent: number[] = [];
  for (let second = Math.ceil(from / 1000); second < Math.floor(to / 1000); second++) {
    if (!seen.has(second)) absent.push(second);
  }
  return absent;
}

/** Seconds in which the OPC UA server itself changed nothing, because it got no processor. */
function skippedSeconds(machineProcess: ChildProcess): Promise<Set<number>> {
  return new Promise((resolve) => {
    machineProcess.once('message', (message) => resolve(new Set((message as { skipped: number[] }).skipped)));
    machineProcess.send('which?');
  });
}

async function totals(
  server: ServerUnderTest,
  connections: readonly string[],
): Promise<{ stored: number; missedPolls: number }> {
  const { body } = await server.request('GET', '/api/counters');
  const byConnection = (body as { connections: Record<string, Counters> }).connections;
  const all = (await server.request('GET', '/api/connections')).body as Connection[];
  return {
    stored: sum(connections.map((id) => byConnection[id]?.stored ?? 0)),
    missedPolls: sum(all.map((connection) => connection.counters['missedPolls'] ?? 0)),
  };
}

async function states(server: ServerUnderTest): Promise<unknown> {
  const all = (await server.request('GET', '/api/connections')).body as Connection[];
  return all.map(({ title, state, problem }) => ({
    title,
    state,
    problem: problem?.what.en,
    detail: problem?.detail,
  }));
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
