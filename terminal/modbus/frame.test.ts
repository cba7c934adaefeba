import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeRead, entities, type Frame, FrameSplitter, readReply } from './frame.ts';
import { frame } from './test-device.ts';

function split(...chunks: Buffer[]): {
  frames: Frame[];
  broken: string | undefined;
  splitter: FrameSplitter;
} {
  const splitter = new FrameSplitter();
  const frames: Frame[] = [];
  let broken: string | undefined;
  for (const chunk of chunks) broken = splitter.push(chunk, (f) => frames.push(f));
  return { frames, broken, splitter };
}

test('a read is encoded as the specification shows it (V1.1b3, 6.3: registers 108 to 110)', () => {
  expect(encodeRead(0x1501, 0xff, 'HoldingRegister', 0x6b, 3).toString('hex')).toBe(
    '150100000006ff03006b0003',
  );
});

test('frames come out whole however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          transaction: fc.integer({ min: 0, max: 0xffff }),
          unit: fc.integer({ min: 0, max: 255 }),
          pdu: fc.uint8Array({ minLength: 1, maxLength: 253 }),
        }),
        { maxLength: 8 },
      ),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
      (sent, cuts) => {
        const bytes = Buffer.concat(sent.map((f) => frame(f.transaction, f.unit, Buffer.from(f.pdu))));
        const chunks: Buffer[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const end = at + cuts[i % cuts.length]!;
          chunks.push(bytes.subarray(at, end));
          at = end;
        }
        const { frames, broken, splitter } = split(...chunks);
        expect(broken).toBeUndefined();
        expect(splitter.pending).toBe(0);
        expect(frames.map((f) => ({ ...f, pdu: [...f.pdu] }))).toEqual(
          sent.map((f) => ({ ...f, pdu: [...f.pdu] })),
        );
      },
    ),
  );
});

test('random bytes never throw, never pile up, and a broken stream stays broken', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 10 }), (chunks) => {
      const splitter = new FrameSplitter();
      let broken: string | undefined;
      for (const chunk of chunks) {
        let taken = 0;
        const now = splitter.push(Buffer.from(chunk), (f) => {
          taken++;
          for (const entity of entities) readReply(f.pdu, entity, 10);
        });
        if (broken !== undefined) expect([now, taken]).toEqual([broken, 0]);
        broken = now;
        expect(splitter.pending).toBeLessThanOrEqual(260);
      }
    }),
  );
});

test.each([
  ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), /protocol identifier/],
  ['a huge length', Buffer.from('00010000ffff0103', 'hex').fill(0, 2, 4), /frame length 65535/],
  ['no room for a function code', Buffer.from('00010000000101', 'hex'), /frame length 1 /],
])('%s breaks the stream', (_, bytes, why) => {
  expect(split(bytes).broken).toMatch(why);
});

test('only the exact answer to a read is data', () => {
  const reply = (hex: string) => readReply(Buffer.from(hex, 'hex'), 'HoldingRegister', 2);
  expect(reply('03040001fffe')).toEqual({ kind: 'data', data: Buffer.from('0001fffe', 'hex') });
  expect(reply('8302')).toEqual({ kind: 'exception', code: 2 });
  for (const wrong of [
    '03020001',
    '0306000100020003',
    '03c80001fffe',
    '04040001fffe',
    '83',
    '830200',
    '8402',
    '03',
    '',
  ]) {
    expect(reply(wrong).kind, wrong).toBe('malformed');
  }
});
