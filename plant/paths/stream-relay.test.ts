import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { systemClock } from '@millrace/sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StreamRelay } from './stream-relay.ts';
import { TerminalPath } from './terminal-path.ts';

const on = { cell: 'hall', weakness: 0, uplink: undefined, protected: false, failedHandovers: false };
let path: TerminalPath;
let relay: StreamRelay;
let heard: string;
let accepted: Socket | undefined;
const platform = createServer((socket) => {
  accepted = socket;
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('utf8');
    socket.write(`<${chunk.toString('utf8')}>`);
  });
  socket.on('error', () => {});
});
let losses: number;

beforeEach(async () => {
  heard = '';
  losses = 0;
  platform.listen(0, '127.0.0.1');
  await once(platform, 'listening');
  path = new TerminalPath({ weakness: 0, roundTrip: () => (losses-- > 0 ? undefined : 10) }, () => 0.5);
  path.set(0, on);
  relay = await StreamRelay.open({
    path,
    clock: systemClock,
    host: '127.0.0.1',
    to: { host: '127.0.0.1', port: (platform.address() as AddressInfo).port },
  });
});
afterEach(async () => {
  await relay.close();
  accepted?.destroy();
  await new Promise((resolve) => platform.close(resolve));
});

async function terminal(): Promise<{ socket: Socket; said: () => string }> {
  const socket = connect({ host: '127.0.0.1', port: relay.port });
  let said = '';
  socket.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return { socket, said: () => said };
}
async function until(done: () => boolean): Promise<void> {
  for (let look = 0; look < 1000 && !done(); look++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(done()).toBe(true);
}

test('what a terminal sends arrives whole and in order, and later where some of it was lost', async () => {
  const { socket, said } = await terminal();
  socket.write('one ');
  await until(() => said() === '<one >');
  losses = 1;
  const before = performance.now();
  socket.write('two ');
  await until(() => heard === 'one two ');
  expect(performance.now() - before).toBeGreaterThan(190);
  socket.destroy();
  await until(() => accepted?.destroyed === true);
});

test('while there is no path nothing moves, and all of it comes afterwards', async () => {
  const { socket } = await terminal();
  socket.write('a');
  await until(() => heard === 'a');
  path.set(1, { ...on, cell: undefined });
  for (const letter of 'bcd') {
    socket.write(letter);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(heard).toBe('a');
  path.set(2, on);
  await until(() => heard === 'abcd');
  socket.destroy();
});

test('a platform that is not there cuts the connection', async () => {
  await new Promise((resolve) => platform.close(resolve));
  const { socket } = await terminal();
  await until(() => socket.destroyed || socket.readyState === 'closed');
  platform.listen(0, '127.0.0.1');
  await once(platform, 'listening');
});
