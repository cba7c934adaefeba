/** Acknowledges every PUBLISH as soon as its bytes are here and does nothing else: what the generator alone can reach. */
import { createServer } from 'node:net';

const server = createServer({ noDelay: true }, (socket) => {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const out = Buffer.allocUnsafe(Math.ceil(bytes.length / 8) * 4 + 4);
    let written = 0;
    let at = 0;
    for (;;) {
      let remaining = 0;
      let header = 1;
      let byte = 0x80;
      while (header <= 4 && at + header < bytes.length && byte >= 0x80) {
        byte = bytes[at + header]!;
        remaining |= (byte & 0x7f) << (7 * (header - 1));
        header++;
      }
      if (byte >= 0x80 || at + header + remaining > bytes.length) break;
      const type = bytes[at]! >> 4;
      const start = at + header;
      let id = start;
      if (type === 3) id = start + 2 + ((bytes[start]! << 8) | bytes[start + 1]!);
      const answer = type === 1 ? 0x20 : type === 6 ? 0x70 : type === 3 ? answers[(bytes[at]! >> 1) & 3]! : 0;
      if (answer !== 0) {
        out[written++] = answer;
        out[written++] = 2;
        out[written++] = type === 1 ? 0 : bytes[id]!;
        out[written++] = type === 1 ? 0 : bytes[id + 1]!;
      }
      at = start + remaining;
    }
    rest = Buffer.from(bytes.subarray(at));
    if (written > 0) socket.write(out.subarray(0, written));
  });
});
/** By QoS: none, PUBACK, PUBREC. */
const answers = [0, 0x40, 0x50];
process.on('disconnect', () => process.exit(0));
process.once('message', () => {
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.({ port: typeof address === 'object' ? address?.port : undefined });
  });
});
