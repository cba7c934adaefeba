import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Measuring, privateSources } from '@millrace/network/measurement';
import { fate, silentLog, systemClock } from '@millrace/sdk';
import { afterEach, expect, test } from 'vitest';

/** Against scapy's codec (python3-scapy, contrib.stamp), which shares nothing with this one but the RFCs. */
const peers = join(import.meta.dirname, 'peers');
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function measuring(options: object = {}): Promise<Measuring> {
  const opened = await Measuring.open({ clock: systemClock, log: silentLog, ...options });
  closing.push(() => opened.stop());
  return opened;
}

interface Heard {
  sentOctets: number;
  octets: number;
  sequence: number;
  senderSequence: number;
  ssid: number;
  senderTimeOff: number;
  dwell: number;
  away: number;
  receivedAfter: number;
  senderScale: number;
  senderMultiplier: number;
  synchronised: number;
  multiplier: number;
  ttl: number;
  tlvs: [number, number][];
}

const drive = async (address: string, port: number, padding = 0): Promise<Heard[]> => {
  const { stdout } = await promisify(execFile)('/usr/bin/python3', [
    join(peers, 'scapy-sender.py'),
    address,
    String(port),
    '40',
    String(padding),
  ]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Heard);
};

test.each([
  ['127.0.0.1', true],
  ['127.0.0.1', false],
  ['::1', true],
])('scapy drives the reflector at %s, with the kernel’s calls: %s', async (address, native) => {
  const there = await measuring({ native, reflector: { port: 0, allow: privateSources } });
  for (const padding of [0, 60]) {
    const answers = await drive(address, there.reflectorPort()!, padding);
    expect(answers).toHaveLength(40);
    answers.forEach((answer, at) => {
      expect(answer).toMatchObject({
        sequence: at,
        senderSequence: at,
        ssid: 4711,
        senderScale: 12,
        senderMultiplier: 17,
        octets: answer.sentOctets,
      });
      expect(answer.multiplier).toBeGreaterThan(0);
      expect(answer.senderTimeOff).toBeLessThan(1e-6);
      expect(answer.dwell).toBeGreaterThanOrEqual(0);
      expect(answer.dwell).toBeLessThanOrEqual(answer.away);
      // Python's time is that of the kernel; without its calls Node.js may be a clock tick or two beside it.
      expect(answer.receivedAfter).toBeGreaterThan(native ? -0.000_05 : -0.025);
      if (native) expect(answer.ttl).toBeGreaterThan(0);
      expect(answer.tlvs).toEqual(padding === 0 ? [] : [[1, 0]]);
    });
  }
});

async function reflector(...args: number[]): Promise<{ port: number; heard: Record<string, number>[] }> {
  const child: ChildProcess = spawn(
    '/usr/bin/python3',
    [join(peers, 'scapy-reflector.py'), ...args.map(String)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  closing.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
  });
  const heard: Record<string, number>[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    child.once('close', (code) => reject(new Error(`the reflector ended with ${code}`)));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (line.startsWith('{')) heard.push(JSON.parse(line) as Record<string, number>);
      else resolve(Number(line));
    });
  });
  return { port, heard };
}

test.each([44, 38])(
  'the prober against a reflector made with scapy, answers of %i octets',
  async (octets) => {
    const { port, heard } = await reflector(octets, 20, 7, 5);
    const here = await measuring();
    await here.setSessions([
      {
        terminal: 't',
        dscp: 46,
        method: 'stamp',
        host: '127.0.0.1',
        port,
        everyMilliseconds: 200,
        octets: 100,
      },
    ]);
    const window = () => here.window('t', 46, 0, Number.MAX_SAFE_INTEGER)!;
    for (let attempt = 0; attempt < 300 && window().columns.count < 40; attempt++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    const { columns } = window();
    const fates = [...columns.fate];
    expect(fates.length).toBeGreaterThanOrEqual(40);
    fates.forEach((one, at) => {
      // Of every 35 requests 7 are not heard, and of the others the answer of every 7th is not sent.
      const number = at + 1;
      const expected =
        number % 5 === 0 ? fate.lostDownlink : number % 7 === 0 ? fate.lostUplink : fate.arrived;
      // Next to each other the two cannot be told apart.
      const besideAnother = [number - 1, number + 1].some((other) => other % 5 === 0 || other % 7 === 0);
      if (expected !== fate.arrived && besideAnother) expect(one).toBe(fate.lost);
      else expect(one).toBe(expected);
    });
    // 20 ms at the reflector are no part of a round trip; a busy machine may make some of them longer, not half of them.
    const away = [...columns.roundTrip].filter((one) => !Number.isNaN(one)).sort((a, b) => a - b);
    expect(away.length).toBeGreaterThan(20);
    expect(away[Math.floor(away.length / 2)]).toBeLessThan(20_000);
    expect(heard[0]).toMatchObject({ sequence: 1, ttl: 255, tos: 46 << 2, octets: 100, tlvs: 1 });
    expect(here.faults('t', 46)).toMatchObject({
      wrongEcho: 0,
      timeBackwards: 0,
      impossibleDwell: 0,
      sequenceJump: 0,
    });
  },
);
