/**
 * Why aedes is not the base of the listener (docs/decisions/0003): many QoS 1 publishers and one subscriber; when they leave,
 * aedes 1.2.0 recurses until the stack is full. A program of its own, as it brings its process down:
 *
 *   npm run build && node terminal/dist/mqtt/test-aedes-trap.js [publishers] [seconds]
 *
 * Exit code 1: it fell. With one publisher it stands.
 */
import { fork } from 'node:child_process';
import { connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Aedes } from 'aedes';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { connectPacket, publishPacket } from './test-peer.ts';

const window = 500;

if (process.argv[2] === 'broker') await serve();
else process.exitCode = await trap(Number(process.argv[2] ?? 50), Number(process.argv[3] ?? 4));

async function serve(): Promise<void> {
  const broker = await Aedes.createBroker();
  broker.on('clientError', () => {});
  const server = createServer(broker.handle);
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }));
  process.on('uncaughtException', (error) => {
    process.send?.({ error: error.stack?.split('\n').slice(0, 12).join('\n') });
    process.exit(1);
  });
  process.on('disconnect', () => process.exit(0));
}

async function trap(publishers: number, seconds: number): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url), ['broker']);
  const port = await new Promise<number>((resolve) =>
    child.once('message', (message: { port: number }) => resolve(message.port)),
  );
  let fell: string | undefined;
  child.on('message', (message: { error?: string }) => {
    fell ??= message.error;
  });
  let acknowledged = 0;
  let delivered = 0;
  const open = (clientId: string, receive: (packet: Packet, socket: Socket) => void): Socket => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    const parser = mqttPacket.parser();
    parser.on('packet', (packet: Packet) => receive(packet, socket));
    socket.on('data', (chunk: Buffer) => parser.parse(chunk));
    socket.write(mqttPacket.generate(connectPacket({ clientId })));
    return socket;
  };
  const sockets = [
    open('subscriber', (packet, socket) => {
      if (packet.cmd === 'connack') {
        const subscriptions = [{ topic: 'things/#', qos: 1 as const }];
        socket.write(mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions }));
      } else if (packet.cmd === 'publish') {
        delivered++;
        socket.write(mqttPacket.generate({ cmd: 'puback', messageId: packet.messageId! }));
      }
    }),
  ];
  await sleep(300);
  for (let i = 0; i < publishers; i++) {
    let id = 0;
    const send = (socket: Socket, count: number): void => {
      const packets: Buffer[] = [];
      for (let k = 0; k < count; k++) {
        id = (id % 65_535) + 1;
        const packet = publishPacket(`things/${i}/properties`, '{"temperature":21.5}', {
          qos: 1,
          messageId: id,
        });
        packets.push(mqttPacket.generate(packet));
      }
      socket.write(Buffer.concat(packets));
    };
    sockets.push(
      open(`publisher-${i}`, (packet, socket) => {
        if (packet.cmd === 'connack') send(socket, window);
        else if (packet.cmd === 'puback') {
          acknowledged++;
          send(socket, 1);
        }
      }),
    );
  }
  await sleep(seconds * 1000);
  for (const socket of sockets) socket.destroy();
  await sleep(3000);
  process.stdout.write(
    `${publishers} publishers: ${acknowledged} acknowledged, ${delivered} delivered; ${fell === undefined ? 'stands' : `fell:\n${fell}`}\n`,
  );
  if (child.exitCode === null) child.disconnect();
  return fell === undefined ? 0 : 1;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
