import { createServer, type Server, type Socket } from 'node:net';

/**
 * Modbus TCP gateways for the bench, as one process: each has units with holding registers that change every second. Answers are made by
 * hand from raw bytes, so that the devices cost little beside what is measured. Started with: gateways, units each, registers each.
 * Says its ports to the parent, and ends with it.
 */
const [gateways = 10, units = 10, registers = 100] = process.argv.slice(2).map(Number);

/** A register's value now: different for each, another every second. */
export function registerValue(unit: number, address: number, second: number): number {
  return (unit * 613 + address * 7 + second) & 0xffff;
}

function answer(request: Buffer): Buffer {
  const unit = request[6]!;
  const code = request[7]!;
  const address = request.readUInt16BE(8);
  const quantity = request.readUInt16BE(10);
  const legal =
    code === 3 &&
    unit >= 1 &&
    unit <= units &&
    quantity >= 1 &&
    quantity <= 125 &&
    address + quantity <= registers;
  const reply = Buffer.alloc(legal ? 9 + quantity * 2 : 9);
  request.copy(reply, 0, 0, 7);
  reply.writeUInt16BE(reply.length - 6, 4);
  if (!legal) {
    reply[7] = code | 0x80;
    reply[8] = code === 3 ? 2 : 1;
    return reply;
  }
  reply[7] = code;
  reply[8] = quantity * 2;
  const second = Math.floor(Date.now() / 1000);
  for (let i = 0; i < quantity; i++) reply.writeUInt16BE(registerValue(unit, address + i, second), 9 + i * 2);
  return reply;
}

function serve(socket: Socket): void {
  let rest: Buffer | undefined;
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    let bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    rest = undefined;
    const replies: Buffer[] = [];
    // Every request of the bench has 12 bytes.
    for (; bytes.length >= 12; bytes = bytes.subarray(12)) replies.push(answer(bytes));
    if (bytes.length > 0) rest = bytes;
    if (replies.length > 0) socket.write(Buffer.concat(replies));
  });
}

const servers: Server[] = [];
const ports: number[] = [];
for (let i = 0; i < gateways; i++) {
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  ports.push((server.address() as { port: number }).port);
}
process.on('disconnect', () => process.exit(0));
process.send?.({ ports });
