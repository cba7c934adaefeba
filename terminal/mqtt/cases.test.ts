/**
 * Runs cases/<name>/session.txt: what clients say, what they must get back, what must be stored. First line: the rule, with the
 * statement of MQTT 3.1.1 or 5.0 it comes from. Then one step a line:
 *
 *   settings {…}                  settings of the listener (before all else)
 *   <client> connect {…}          opens a connection and sends CONNECT; members override those of test-peer.ts
 *   <client> send {…}             sends a packet, as mqtt-packet writes it
 *   <client> bytes 30 03 …        sends bytes; opens a connection if there is none
 *   <client> gets {…}             the next packet; the members named must be so
 *   <client> gets nothing         nothing more has come
 *   <client> closed               the server hangs up, saying nothing more
 *   <client> drops                hangs up without DISCONNECT
 *   stored / rejected / events […]  what was taken since the last such line; the members named must be so
 *   wait <milliseconds>
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { IConnectPacket, Packet } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { connectPacket, openTestListener, Peer, type TestListener } from './test-peer.ts';

const folder = new URL('./cases/', import.meta.url);

for (const name of readdirSync(folder).sort()) {
  const lines = readFileSync(new URL(`${name}/session.txt`, folder), 'utf8').split('\n');
  const title = lines[0]!.replace(/^#\s*/, '');
  test(`${name}: ${title}`, () => run(lines.slice(1)));
}

async function run(lines: readonly string[]): Promise<void> {
  const settingsLine = lines.find((line) => line.startsWith('settings '));
  const listener = await openTestListener(
    settingsLine === undefined ? {} : { settings: JSON.parse(settingsLine.slice(9)) },
  );
  const clients = new Map<string, { peer: Peer; version: 4 | 5 }>();
  const seen = { stored: 0, rejected: 0, events: 0 };
  try {
    for (const [index, line] of lines.entries()) {
      if (line.trim() === '' || line.startsWith('#') || line.startsWith('settings ')) continue;
      try {
        await step(line, listener, clients, seen);
      } catch (error) {
        throw new Error(`line ${index + 2}: ${line}\n${(error as Error).message}`);
      }
    }
  } finally {
    for (const { peer } of clients.values()) peer.destroy();
    await listener.close();
  }
}

async function step(
  line: string,
  listener: TestListener,
  clients: Map<string, { peer: Peer; version: 4 | 5 }>,
  seen: { stored: number; rejected: number; events: number },
): Promise<void> {
  const [first = '', second = ''] = line.split(' ', 2);
  const rest = line.slice(first.length + 1);
  if (first === 'wait') {
    await new Promise((resolve) => setTimeout(resolve, Number(second)));
    return;
  }
  if (first === 'stored' || first === 'rejected' || first === 'events') {
    const wanted = JSON.parse(rest) as unknown[];
    const have = (): unknown[] =>
      first === 'stored'
        ? listener.context.samples
        : first === 'rejected'
          ? listener.context.rejections
          : listener.context.events;
    await new Promise((resolve) => setTimeout(resolve, 20));
    await listener.context.until(() => have().length >= seen[first] + wanted.length, line).catch(() => {});
    expect(have().slice(seen[first])).toMatchObject(wanted);
    expect(have().length - seen[first]).toBe(wanted.length);
    seen[first] += wanted.length;
    return;
  }
  const argument = line.slice(first.length + second.length + 2);
  let client = clients.get(first);
  if (second === 'connect') {
    const given = (argument === '' ? {} : JSON.parse(argument)) as Partial<IConnectPacket> & {
      password?: string | null;
    };
    const version = (given.protocolVersion ?? 4) as 4 | 5;
    client = { peer: new Peer(listener.port, version), version };
    clients.set(first, client);
    const packet = connectPacket({ clientId: first, ...(given as Partial<IConnectPacket>) });
    for (const [member, value] of Object.entries(packet)) {
      if (value === null) delete packet[member as 'username'];
    }
    if (typeof given.password === 'string') packet.password = Buffer.from(given.password);
    client.peer.send(packet, version);
    return;
  }
  if (client === undefined) {
    client = { peer: new Peer(listener.port), version: 4 };
    clients.set(first, client);
  }
  const { peer, version } = client;
  switch (second) {
    case 'send':
      peer.send(JSON.parse(argument) as Packet, version);
      return;
    case 'bytes':
      peer.write(bytes(argument));
      return;
    case 'gets': {
      if (argument === 'nothing') {
        await peer.settle(version);
        expect(plain(peer.received)).toEqual([]);
        return;
      }
      const wanted = JSON.parse(argument) as { cmd: Packet['cmd'] };
      expect(plain(await peer.next(wanted.cmd))).toMatchObject(wanted);
      return;
    }
    case 'closed':
      await peer.end();
      expect(plain(peer.received)).toEqual([]);
      return;
    case 'drops':
      peer.destroy();
      return;
    default:
      throw new Error(`no step "${second}"`);
  }
}

/** Hexadecimal bytes; text in quotes; `x60000` repeats the byte before. */
function bytes(text: string): Buffer {
  const parts: Buffer[] = [];
  for (const [part] of text.matchAll(/"[^"]*"|\S+/g)) {
    if (part.startsWith('"')) parts.push(Buffer.from(part.slice(1, -1)));
    else if (part.startsWith('x')) {
      parts.push(Buffer.alloc(Number(part.slice(1)) - 1, parts.at(-1)!));
    } else parts.push(Buffer.from(part, 'hex'));
  }
  return Buffer.concat(parts);
}

/** Packets with text instead of buffers. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => {
      const buffer = inner as { type?: string; data?: number[] } | null;
      return buffer?.type === 'Buffer' ? Buffer.from(buffer.data!).toString('utf8') : inner;
    }),
  );
}
